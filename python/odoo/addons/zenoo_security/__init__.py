from . import fields, models
from .hooks import post_load, uninstall_hook
