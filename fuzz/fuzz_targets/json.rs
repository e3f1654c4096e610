#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| zenoo_security_fuzz::json::fuzz(data));
