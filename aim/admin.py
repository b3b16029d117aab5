"""The admin is the product's: its name in the title and header."""

from django.contrib import admin

admin.site.site_title = "OpenAIM"
admin.site.site_header = "OpenAIM administration"
admin.site.index_title = "Administration"
