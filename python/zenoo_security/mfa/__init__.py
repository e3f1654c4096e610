"""The second factor: codes that are good once, enrollment, and recovery codes."""

from zenoo_security.mfa.enrollment import Enrollment, Factors
from zenoo_security.mfa.manager import Authenticator, MFAManager
from zenoo_security.mfa.used import SharedUsedSteps, UsedSteps

__all__ = ["Authenticator", "Enrollment", "Factors", "MFAManager", "SharedUsedSteps", "UsedSteps"]
