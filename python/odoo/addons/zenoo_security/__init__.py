from . import controllers, fields, models, wizards
from .hooks import post_load, uninstall_hook
