//! The reference programs: `helm` and `kubectl` in the folder that MANIFESTO_ORACLE names.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;

/// The folder with the reference programs.
pub(crate) struct Oracle {
    folder: PathBuf,
    scratch: PathBuf,
}

impl Oracle {
    /// The reference programs, when the environment names them. `user` tells its scratch folder from others.
    pub(crate) fn find(user: &str) -> Option<Self> {
        let folder = PathBuf::from(std::env::var_os("MANIFESTO_ORACLE")?);
        let scratch = std::env::temp_dir().join(format!("manifesto-yaml-{}-{user}", std::process::id()));
        Some(Self { folder, scratch })
    }

    fn fresh(&self, name: &str) -> PathBuf {
        let folder = self.scratch.join(name);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    fn run(&self, program: &str, arguments: &[&str], folder: &Path) -> Result<String, String> {
        let output = Command::new(self.folder.join(program)).args(arguments).arg(folder).output().unwrap();
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned());
        }
        Ok(String::from_utf8(output.stdout).unwrap())
    }

    /// For each file, one line of a template whose `$text` is the file, as a list of strings.
    fn helm(&self, files: &[String], actions: &[&str]) -> Vec<Vec<String>> {
        let chart = self.fresh("chart");
        fs::create_dir_all(chart.join("templates")).unwrap();
        fs::create_dir_all(chart.join("cases")).unwrap();
        fs::write(chart.join("Chart.yaml"), "apiVersion: v2\nname: probe\nversion: 1.0.0\n").unwrap();
        for (index, file) in files.iter().enumerate() {
            fs::write(chart.join(format!("cases/{index}.txt")), file).unwrap();
        }
        let list: String = actions.iter().flat_map(|action| [" (", action, ")"]).collect();
        let template = format!(
            "{{{{- range $i := until {} }}}}\n{{{{- $text := $.Files.Get (printf \"cases/%d.txt\" $i) }}}}\n\
             case{{{{ $i }}}}: {{{{ list{list} | toJson | b64enc }}}}\n{{{{- end }}}}\n",
            files.len()
        );
        fs::write(chart.join("templates/probe.yaml"), template).unwrap();
        let output = self.run("helm", &["template"], &chart).unwrap();
        let answers: Vec<Vec<String>> = output
            .lines()
            .filter_map(|line| line.strip_prefix("case")?.split_once(": "))
            .map(|(_, list)| serde_json::from_slice(&decode_base64(list)).unwrap())
            .collect();
        assert_eq!(answers.len(), files.len());
        answers
    }

    /// `fromYaml | toJson` of each text; none for an error.
    pub(crate) fn read_sigs(&self, texts: &[String]) -> Vec<Option<String>> {
        let answers = self.helm(texts, &["fromYaml $text | toJson"]);
        let failed = |json: &str| json.starts_with(r#"{"Error":"#);
        answers.into_iter().flatten().map(|json| (!failed(&json)).then_some(json)).collect()
    }

    /// `toYaml`, `toYamlPretty`, `toJson` and `toPrettyJson` of each value.
    pub(crate) fn write(&self, values: &[serde_json::Value]) -> Vec<[String; 4]> {
        let files: Vec<String> = values.iter().map(|value| json!({ "v": value }).to_string()).collect();
        let value = "(index (fromJson $text) \"v\")";
        let functions = ["toYaml", "toYamlPretty", "toJson", "toPrettyJson"];
        let actions = functions.map(|function| format!("{function} {value}"));
        let actions = actions.each_ref().map(String::as_str);
        self.helm(&files, &actions).into_iter().map(|answers| answers.try_into().unwrap()).collect()
    }

    /// What kustomize prints for each resource; none for an error that is about YAML. An error spoils a whole run,
    /// so a batch that fails is halved until the culprit stands alone.
    pub(crate) fn kustomize(&self, texts: &[String]) -> Vec<Option<String>> {
        let folder = self.fresh("kustomization");
        let mut list = "sortOptions: {order: fifo}\nresources:\n".to_owned();
        for (index, text) in texts.iter().enumerate() {
            fs::write(folder.join(format!("{index}.yaml")), text).unwrap();
            writeln!(list, "- {index}.yaml").unwrap();
        }
        fs::write(folder.join("kustomization.yaml"), list).unwrap();
        match self.run("kubectl", &["kustomize"], &folder) {
            Ok(output) if texts.len() == 1 => vec![Some(output)],
            Err(_) if texts.len() == 1 => vec![None],
            Ok(output) => {
                let documents: Vec<&str> = output.split("\n---\n").collect();
                let last = documents.len() - 1;
                let whole = |(index, text): (usize, &&str)| {
                    Some(if index == last { (*text).to_owned() } else { format!("{text}\n") })
                };
                assert_eq!(documents.len(), texts.len());
                documents.iter().enumerate().map(whole).collect()
            }
            Err(_) => {
                let (left, right) = texts.split_at(texts.len() / 2);
                [self.kustomize(left), self.kustomize(right)].concat()
            }
        }
    }
}

impl Drop for Oracle {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.scratch);
    }
}

fn decode_base64(text: &str) -> Vec<u8> {
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut bits, mut count, mut bytes) = (0_u32, 0, Vec::new());
    for character in text.chars().take_while(|character| *character != '=') {
        bits = bits << 6 | u32::try_from(alphabet.find(character).unwrap()).unwrap();
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count & 0xFF).unwrap());
        }
    }
    bytes
}
