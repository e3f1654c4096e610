from zenoo_security import Totp
from zenoo_security.errors import OtpMismatch
class StubMFA:
    def __init__(self, clock): self.clock=clock; self.totps={}; self.used=set()
    async def is_enrolled(self, database, uid): return (database, uid) in self.totps
    async def verify(self, database, uid, code):
        totp=self.totps.get((database,uid))
        step=totp.matched_step(code, at=self.clock.now()) if totp else None
        if step is None or (uid,step) in self.used: raise OtpMismatch("no")
        self.used.add((uid,step))
        return "totp"
