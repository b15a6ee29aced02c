//! Texts and values made by chance, read and written by the reference programs and by us.
//!
//! Runs when MANIFESTO_ORACLE names the folder of the programs. MANIFESTO_CASES says how many cases, MANIFESTO_SEED
//! where chance starts. A case that differs is printed as a line to add to a fixture.

use manifesto_yaml::{Dialect, Limits, Node, parse};
use serde_json::json;

use crate::answers;
use crate::oracle::Oracle;
use crate::random::{self, Chance};

fn number(name: &str, default: usize) -> usize {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(default)
}

fn start(user: &str) -> Option<(Oracle, Chance, usize)> {
    let Some(oracle) = Oracle::find(user) else {
        println!("skipped: MANIFESTO_ORACLE is not set");
        return None;
    };
    let seed = number("MANIFESTO_SEED", 1);
    println!("seed {seed}");
    Some((oracle, Chance(u64::try_from(seed).unwrap()), number("MANIFESTO_CASES", 5_000)))
}

/// kustomize refuses lists with a null in them, for reasons of its own (api/resource/factory.go, dropBadNodes).
fn has_null_item(text: &str) -> bool {
    fn search(node: &Node) -> bool {
        node.items().iter().any(|item| item.is_null() || search(item))
            || node.entries().iter().any(|entry| search(&entry.value))
    }
    let parsed = parse(text.as_bytes(), Dialect::GoV3, &Limits::default());
    parsed.documents.iter().any(|document| search(&document.root))
}

#[test]
fn random_texts_are_read_as_sigs_reads_them() {
    let Some((oracle, mut chance, count)) = start("sigs") else { return };
    let texts: Vec<String> = (0..count).map(|index| random::resource(&mut chance, index)).collect();
    let mut wrong = 0;
    for batch in texts.chunks(2_000) {
        for (text, expected) in batch.iter().zip(oracle.read_sigs(batch)) {
            let ours = answers::sigs(text);
            if ours != expected {
                wrong += 1;
                println!("{}\n  ours {ours:?}\n  sigs {expected:?}", json!({ "text": text }));
            }
        }
    }
    assert_eq!(wrong, 0, "of {count}");
}

#[test]
fn random_texts_are_read_as_kustomize_reads_them() {
    let Some((oracle, mut chance, count)) = start("kustomize") else { return };
    let texts: Vec<String> = (0..count).map(|index| random::resource(&mut chance, index)).collect();
    // What we take for good goes in batches; the rest one by one.
    let texts = texts.into_iter().filter(|text| !has_null_item(text));
    let (good, bad): (Vec<String>, Vec<String>) = texts.partition(|text| answers::kyaml(text).is_some());
    println!("{} good, {} bad", good.len(), bad.len());
    let mut wrong = 0;
    for batch in good.chunks(100).chain(bad.chunks(1)) {
        for (text, expected) in batch.iter().zip(oracle.kustomize(batch)) {
            let ours = answers::kyaml(text);
            if ours != expected {
                wrong += 1;
                println!("{}\n  ours  {ours:?}\n  kyaml {expected:?}", json!({ "text": text }));
            }
        }
    }
    assert_eq!(wrong, 0, "of {count}");
}

#[test]
fn random_values_are_written_as_helm_writes_them() {
    let Some((oracle, mut chance, count)) = start("helm") else { return };
    let values: Vec<serde_json::Value> = (0..count).map(|_| random::value(&mut chance, 4)).collect();
    let mut wrong = 0;
    for batch in values.chunks(2_000) {
        for (value, expected) in batch.iter().zip(oracle.write(batch)) {
            let ours = answers::written(&answers::node(value));
            if ours != expected {
                wrong += 1;
                println!("{}\n  ours {ours:?}\n  helm {expected:?}", json!({ "value": value }));
            }
        }
    }
    assert_eq!(wrong, 0, "of {count}");
}
