//! Labels: bold words at the start of a paragraph that ask for what follows.

/// Bold words with a colon or a question mark at the start of a paragraph: `**Secrets Management:**`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Label {
    /// The words, without the colon.
    pub(crate) title: String,
    /// Where the label ends, its colon included.
    pub(crate) end: usize,
}

/// Reads the start of a paragraph.
#[derive(Debug, Default)]
pub(crate) struct LabelReader {
    state: State,
}

#[derive(Debug, Default)]
enum State {
    /// Nothing has been read.
    #[default]
    Start,
    /// In the bold words.
    Bold(String),
    /// Behind bold words that end at this offset; a colon may follow.
    Behind(String, usize),
    /// This is a label.
    Found(Label),
    /// This is none.
    Plain,
}

impl LabelReader {
    pub(crate) fn bold_starts(&mut self) {
        self.state = match std::mem::take(&mut self.state) {
            State::Start => State::Bold(String::new()),
            State::Behind(..) => State::Plain,
            other => other,
        };
    }

    pub(crate) fn bold_ends(&mut self, end: usize) {
        let State::Bold(title) = &self.state else { return };
        let title = title.trim();
        self.state = match title.strip_suffix([':', '：']) {
            Some(title) => State::Found(Label { title: title.trim_end().to_owned(), end }),
            None if title.ends_with('?') => State::Found(Label { title: title.to_owned(), end }),
            None => State::Behind(title.to_owned(), end),
        };
    }

    /// Reads words, which start at this offset.
    pub(crate) fn words(&mut self, text: &str, start: usize) {
        self.state = match std::mem::take(&mut self.state) {
            State::Bold(mut title) => {
                title.push_str(text);
                State::Bold(title)
            }
            State::Behind(title, end) => match text.chars().next().filter(|c| matches!(c, ':' | '：')) {
                Some(colon) if start == end => State::Found(Label { title, end: end + colon.len_utf8() }),
                _ => State::Plain,
            },
            State::Start => State::Plain,
            other => other,
        };
    }

    pub(crate) fn finish(self) -> Option<Label> {
        match self.state {
            State::Found(label) if !label.title.is_empty() => Some(label),
            _ => None,
        }
    }
}
