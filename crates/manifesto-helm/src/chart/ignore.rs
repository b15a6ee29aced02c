//! `.helmignore` (pkg/ignore/rules.go): not gitignore, though it looks like it.

use super::pattern::Pattern;

/// The rules of one chart.
#[derive(Debug, Default)]
pub(crate) struct IgnoreRules(Vec<Rule>);

#[derive(Debug)]
struct Rule {
    pattern: Pattern,
    negated: bool,
    /// It ends in a slash.
    directories_only: bool,
    /// It holds a slash, so it is held against the path and not only the name.
    whole_path: bool,
}

impl IgnoreRules {
    /// Reads the file. A line that Helm cannot read is an error.
    pub(crate) fn parse(text: &[u8]) -> Result<Self, String> {
        let mut rules = Self::default();
        let text = String::from_utf8_lossy(text);
        for line in text.strip_prefix('\u{feff}').unwrap_or(&text).lines() {
            rules.add(line)?;
        }
        Ok(rules)
    }

    /// The rule that all charts have: hidden files among the templates do not count.
    pub(crate) fn add_defaults(&mut self) {
        if let Ok(pattern) = Pattern::parse("templates/.?*") {
            self.0.push(Rule { pattern, negated: false, directories_only: false, whole_path: true });
        }
    }

    fn add(&mut self, line: &str) -> Result<(), String> {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            return Ok(());
        }
        if line.contains("**") {
            return Err("double-star (**) syntax is not supported".to_owned());
        }
        let syntax_error = |_| "syntax error in pattern".to_owned();
        Pattern::parse(line).map_err(syntax_error)?;
        let (negated, rule) = line.strip_prefix('!').map_or((false, line), |rule| (true, rule));
        let (directories_only, rule) = rule.strip_suffix('/').map_or((false, rule), |rule| (true, rule));
        let (whole_path, rule) = match rule.strip_prefix('/') {
            Some(rule) => (true, rule),
            None => (rule.contains('/'), rule),
        };
        let pattern = Pattern::parse(rule).map_err(syntax_error)?;
        self.0.push(Rule { pattern, negated, directories_only, whole_path });
        Ok(())
    }

    /// Whether a path of the chart does not count. A negated rule ignores all that does *not* match it.
    pub(crate) fn ignores(&self, path: &str, is_directory: bool) -> bool {
        self.0.iter().any(|rule| {
            let name = path.rsplit('/').next().unwrap_or(path);
            let matches = || rule.pattern.matches(if rule.whole_path { path } else { name });
            if rule.negated {
                (rule.directories_only && !is_directory) || !matches()
            } else {
                (is_directory || !rule.directories_only) && matches()
            }
        })
    }
}
