from . import contact, patient
