//! Until when a certificate holds: the one field of X.509 that an operator must know of. The certificate itself
//! is judged by the TLS library.

use jiff::Timestamp;

/// One element of DER: its tag, its content, and what follows.
fn element(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, rest) = der.split_first()?;
    let (first, rest) = rest.split_first()?;
    let (length, rest) = if *first < 0x80 {
        (usize::from(*first), rest)
    } else {
        let count = usize::from(first & 0x7f);
        let digits = rest.get(..count).filter(|digits| digits.len() <= 4)?;
        (digits.iter().fold(0, |sum, digit| sum << 8 | usize::from(*digit)), &rest[count..])
    };
    Some((*tag, rest.get(..length)?, rest.get(length..)?))
}

/// `notAfter` of a certificate in DER (RFC 5280 §4.1).
pub(super) fn not_after(der: &[u8]) -> Option<Timestamp> {
    let (_, certificate, _) = element(der)?;
    let (_, mut fields, _) = element(certificate)?;
    // The version is optional; serial number, algorithm and issuer come before the validity.
    if element(fields)?.0 == 0xa0 {
        fields = element(fields)?.2;
    }
    for _ in 0..3 {
        fields = element(fields)?.2;
    }
    let (_, validity, _) = element(fields)?;
    let (tag, until, _) = element(element(validity)?.2)?;
    let text = std::str::from_utf8(until).ok()?;
    // UTCTime has two digits of the year, 50 and above of the last century; GeneralizedTime has four.
    let whole = match tag {
        0x17 if text.get(..2)? >= "50" => format!("19{text}"),
        0x17 => format!("20{text}"),
        _ => text.to_owned(),
    };
    let part = |from: usize, to: usize| whole.get(from..to);
    let instant = format!(
        "{}-{}-{}T{}:{}:{}Z",
        part(0, 4)?,
        part(4, 6)?,
        part(6, 8)?,
        part(8, 10)?,
        part(10, 12)?,
        part(12, 14)?
    );
    instant.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::not_after;

    #[test]
    fn the_end_of_a_certificate_is_read_in_both_forms() {
        for (year, expected) in [(2031, "2031-05-06T00:00:00Z"), (2055, "2055-05-06T00:00:00Z")] {
            let mut asked = rcgen::CertificateParams::new(vec!["rennes.example".to_owned()]).unwrap();
            asked.not_after = rcgen::date_time_ymd(year, 5, 6);
            let key = rcgen::KeyPair::generate().unwrap();
            let made = asked.self_signed(&key).unwrap();
            assert_eq!(not_after(made.der()).unwrap().to_string(), expected);
        }
        assert_eq!(not_after(b"nothing of the kind"), None);
        assert_eq!(not_after(&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff]), None);
    }
}
