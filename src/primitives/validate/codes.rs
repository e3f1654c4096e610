//! The codes of [`Error::Invalid`] and the one English sentence that belongs to each.
//!
//! Codes are stable: an application translates by them. A code with `too_long`, `too_large`, `too_many` or `too_deep` in it
//! is about size.

use super::Error;

macro_rules! codes {
    ($($name:ident = $code:literal, $message:literal;)*) => {
        $(#[doc = concat!("`", $code, "`")] pub const $name: Error = Error::Invalid($code);)*

        /// Every code with its message.
        pub const ALL: &[(&str, &str)] = &[$(($code, $message)),*];
    };
}

codes! {
    INVALID = "invalid", "the value is not valid";
    TYPE = "type", "the value has the wrong type";
    ENCODING = "encoding", "the text is not valid Unicode: it holds a lone surrogate";
    EMPTY = "empty", "a value is required";
    TOO_LONG = "too_long", "the text is too long";
    TOO_SLOW = "too_slow", "the body of the request did not arrive in time";
    TOO_LARGE = "too_large", "the value is larger or nested deeper than the limit";
    CONTROL = "control", "control characters and invisible formatting characters are not allowed";

    EMAIL_AT = "email_at", "an e-mail address has exactly one @, with a name before it and a domain after it";
    EMAIL_LOCAL = "email_local", "the part before the @ holds a character or a dot that does not belong there";
    EMAIL_LOCAL_TOO_LONG = "email_local_too_long", "the part before the @ is longer than 64 bytes";
    EMAIL_QUOTED = "email_quoted", "quoted names before the @ are not accepted";
    EMAIL_IP_LITERAL = "email_ip_literal", "an IP address in brackets is not accepted as the domain";
    EMAIL_DOMAIN = "email_domain", "the domain after the @ is not a full and valid domain name";

    PHONE_CHARACTERS = "phone_characters", "a phone number holds digits, spaces and . - / ( ) only";
    PHONE_SEPARATORS = "phone_separators", "the separators of the phone number stand where they do not belong";
    PHONE_COUNTRY_CODE = "phone_country_code", "the phone number must begin with + and the country calling code";
    PHONE_LENGTH = "phone_length", "a phone number has 8 to 15 digits with its country calling code";

    PHONE_PLAN = "phone_plan", "the phone number does not fit the numbering plan of its country";
    PHONE_COUNTRY = "phone_country", "the phone number belongs to another country";

    URL_SCHEME = "url_scheme", "the address must begin with a scheme that is accepted, such as https://";
    URL_HOST = "url_host", "the address needs a full and valid domain name as its host";
    URL_PORT = "url_port", "the port must be a number from 1 to 65535";
    URL_USERINFO = "url_userinfo", "a user name or password in the address is not accepted";
    URL_CHARACTERS = "url_characters", "the address holds a character that must be percent-encoded";

    URL_HOST_REFUSED = "url_host_refused", "the host of the address is not on the list";
    URL_PORT_REFUSED = "url_port_refused", "the port of the address is not on the list";
    URL_ADDRESS_REFUSED = "url_address_refused", "the host of the address lies in a network that is not public";
    HOST_LOOKALIKE = "host_lookalike",
        "the host can be mistaken for another one: it mixes scripts, or all its letters look like those of another script";

    COUNTRY = "country", "a country is written as two capital letters, such as DE";
    VAT_COUNTRY = "vat_country", "the VAT number must begin with a country code whose format is known";
    VAT_FORMAT = "vat_format", "the VAT number does not have the format of its country";
    VAT_CHECK_DIGITS = "vat_check_digits", "the check digits of the VAT number are wrong";
    VAT_OTHER_COUNTRY = "vat_other_country", "the VAT number belongs to another country";

    NAME_CHARACTERS = "name_characters", "the name holds a character that names do not have, or no letter at all";
    LOGIN = "login", "a login holds letters, digits and . _ - + @ and no spaces";
    LANGUAGE = "language", "a language is written like en_US, sr@latin or fr";
    MODEL_NAME = "model_name", "a model name is written like res.partner";
    FIELD_NAME = "field_name", "a field name is written like partner_id, and a path of fields with dots";
    PATH_TOO_DEEP = "path_too_deep", "the path follows too many relations";
    METHOD_NAME = "method_name", "a method name holds letters, digits and underscores only";
    METHOD_PRIVATE = "method_private", "a method whose name begins with an underscore is private";

    DOMAIN_ITEM = "domain_item", "a search domain is a list of conditions [field, operator, value] and of & | !";
    DOMAIN_ARITY = "domain_arity", "an operator of the search domain lacks the conditions that it joins";
    DOMAIN_OPERATOR = "domain_operator", "a condition of the search domain has an unknown operator";
    DOMAIN_BYPASS = "domain_bypass", "the operators any! and not any! go around access rules and are not accepted";
    DOMAIN_VALUE = "domain_value", "a condition of the search domain has a value that its operator does not take";
    DOMAIN_OPERATOR_REFUSED = "domain_operator_refused", "the search domain has an operator that is not on the list";
    DOMAIN_OPERATOR_FIELD = "domain_operator_field",
        "a condition of the search domain has an operator that its field does not take";
    DOMAIN_VALUE_FIELD = "domain_value_field",
        "a condition of the search domain has a value that its field does not take";
    DOMAIN_FIELD_REFUSED = "domain_field_refused", "the search domain uses a field that is not on the list";
    DOMAIN_TOO_DEEP = "domain_too_deep", "the search domain is nested too deeply, or contains itself";
    DOMAIN_TOO_MANY_LEAVES = "domain_too_many_leaves", "the search domain has too many conditions";
    DOMAIN_TOO_MANY_VALUES = "domain_too_many_values", "the search domain lists too many values";

    JSON = "json", "the text is not valid JSON";
    JSON_DUPLICATE = "json_duplicate", "an object of the JSON has a name twice";
    JSON_NUMBER = "json_number", "a number in the JSON is out of range";
    JSON_TOO_DEEP = "json_too_deep", "the JSON is nested too deeply";
    JSON_TOO_MANY = "json_too_many", "the JSON holds too many values";

    REQUEST_METHOD = "request_method", "this method of this model is not open to requests";
    REQUEST_ARGUMENTS = "request_arguments", "the arguments of the request are not those of the method";
    REQUEST_BODY = "request_body", "the body of the request is not a call of a method";
    REQUEST_IDS = "request_ids", "records are named by a list of ids: positive whole numbers";
    REQUEST_FIELD = "request_field", "the request uses a field that is not on the list";
    REQUEST_VALUE = "request_value", "a field of the request has a value that it does not take";
    REQUEST_COMMAND = "request_command", "a command for related records is not on the list, or malformed";
    REQUEST_CONTEXT = "request_context", "the context of the request has a key that is not on the list";
    REQUEST_LIMIT = "request_limit", "a limit or an offset of the request is not a number that is accepted";
    REQUEST_ORDER = "request_order", "records are ordered by fields that are on the list, each with asc or desc";
    REQUEST_GROUP = "request_group", "records are grouped and summed up by fields that are on the list, in ways that are known";
    REQUEST_TOO_MANY = "request_too_many", "the request names too many records or fields at once";

    OTP_SECRET = "otp_secret", "the TOTP secret is not base32: A to Z and 2 to 7";
    OTP_SECRET_LENGTH = "otp_secret_length", "a TOTP secret is 16 to 128 bytes long: 26 to 205 characters of base32";
    OTP_LABEL = "otp_label", "account and issuer must be visible text without a colon or a control character";

    PASSWORD_TOO_SHORT = "password_too_short", "the password is too short";
    PASSWORD_TOO_LONG = "password_too_long", "the password is too long";
    PASSWORD_COMMON = "password_common", "the password is one of those that many people use";
    PASSWORD_CONTEXT = "password_context",
        "the password is made of the name of the user, of the service, or of another word that an attacker tries first";
    PASSWORD_BREACHED = "password_breached", "the password is on a list of passwords that were stolen elsewhere";

    IP_ADDRESS = "ip_address", "an IP address is written like 203.0.113.9 or 2001:db8::1";

    ENCRYPTABLE_TYPE = "encryptable_type",
        "a value must be str, bytes, int, float, bool, None, date, datetime or Decimal to be encrypted or indexed";
    ALREADY_ENCRYPTED = "already_encrypted",
        "the value is encrypted already: give what it stands for, or leave it out (is_encrypted tells)";
    NO_DIGITS = "no_digits", "the text holds no digits, so it cannot be found by them";
    RECORD = "record", "a record must be a dict";

    NOT_JSON = "not_json",
        "an argument cannot be sent to Odoo: use str, int, float, bool, None, list and dict, and dates as text";

    UNKNOWN_FIELD = "unknown_field", "the field is not accepted";
    MISSING = "missing", "the field is required";
    TOO_MANY_FIELDS = "too_many_fields", "too many fields";
    OUT_OF_RANGE = "out_of_range", "the number is out of range";
    CHOICE = "choice", "the value is not one of the choices";
    DATE = "date", "a date is written like 2026-01-31";
    DATETIME = "datetime", "a time is written like 2026-01-31 23:59:59, in UTC";
    BASE64 = "base64", "the file is not valid base64";
    RECORD_MISSING = "record_missing", "the record that the field names does not exist, or not for this user";

    HEADER_NAME = "header_name", "a header name holds letters, digits and hyphens only, and is not one that is set for you";
    HEADER_VALUE = "header_value", "a header value holds visible ASCII characters, spaces and tabs only";
    TEMPLATE = "template", "the text holds a directive of a template, such as {{ }} or t-out";
    FILE_NAME = "file_name", "nothing is left of the file name";
    SET = "set", "the texts in a set cannot be cleaned: use a list";
    MARKUP = "markup", "the HTML cannot be cleaned";
}

/// The sentence that belongs to a code.
pub fn message(code: &str) -> Option<&'static str> {
    ALL.iter().find(|(known, _)| *known == code).map(|(_, message)| *message)
}

/// Whether a code is about size: too long, too many or too deep.
pub fn is_size(code: &str) -> bool {
    code.contains("too_") && !code.ends_with("too_short") && !code.ends_with("too_slow")
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{ALL, is_size, message};

    #[test]
    fn codes_are_unique_identifiers_with_a_sentence() {
        let codes: HashSet<_> = ALL.iter().map(|(code, _)| code).collect();
        assert_eq!(codes.len(), ALL.len());
        for (code, text) in ALL {
            assert!(code.starts_with(|first: char| first.is_ascii_lowercase()), "{code}");
            assert!(code.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_')), "{code}");
            assert_eq!(message(code), Some(*text));
        }
        assert_eq!(message("no_such_code"), None);
        assert!(
            is_size("domain_too_deep")
                && !is_size("email_at")
                && !is_size("password_too_short")
                && !is_size("too_slow")
        );
    }
}
