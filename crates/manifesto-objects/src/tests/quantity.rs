use crate::{Quantity, QuantityError};

#[test]
fn quantities_are_read_as_apimachinery_reads_them() {
    let same = [
        ("1", "1000m"),
        ("0.1", "100m"),
        (".5", "500m"),
        ("1.", "1"),
        ("1k", "1000"),
        ("1Ki", "1024"),
        ("1.5Gi", "1610612736"),
        ("2e3", "2k"),
        ("2E-3", "2m"),
        ("1E", "1000000000000000000"),
        ("100M", "0.1G"),
        ("-1", "-1000m"),
        ("+2", "2"),
        ("0.0000000001", "1n"),
    ];
    for (one, other) in same {
        assert_eq!(Quantity::parse(one), Quantity::parse(other), "{one} and {other}");
        assert!(Quantity::parse(one).is_ok(), "{one}");
    }
    for (text, error) in [
        ("", QuantityError::NoNumber),
        ("Mi", QuantityError::NoNumber),
        ("1 Gi", QuantityError::Suffix),
        ("1gb", QuantityError::Suffix),
        ("1.2.3", QuantityError::NoNumber),
        ("1e99", QuantityError::TooLarge),
        ("é", QuantityError::NoNumber),
    ] {
        assert_eq!(Quantity::parse(text), Err(error), "{text}");
    }
}

#[test]
fn quantities_are_written_for_people() {
    let bytes = |text: &str| Quantity::parse(text).unwrap().as_bytes();
    assert_eq!(bytes("268435456"), "256Mi");
    assert_eq!(bytes("1.5Gi"), "1536Mi");
    assert_eq!(bytes("1G"), "953.7Mi");
    assert_eq!(bytes("500"), "500");
    assert_eq!(bytes("0"), "0");
    let cpu = |text: &str| Quantity::parse(text).unwrap().as_cpu();
    assert_eq!((cpu("0.1").as_str(), cpu("2000m").as_str(), cpu("1u").as_str()), ("100m", "2", "1m"));
}
