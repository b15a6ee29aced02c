//! What loading one chart, with all charts inside of it, may cost.

use crate::error::{ErrorKind, HelmError};

/// The most of one file, as Helm has it (`MaxDecompressedFileSize`).
const FILE_BYTES_MAX: u64 = 5 << 20;

/// What is left.
#[derive(Debug)]
pub(crate) struct LoadBudget {
    /// Bytes of all files, as Helm has it for one archive (`MaxDecompressedChartSize`).
    pub(crate) bytes: u64,
    files: u32,
    charts: u32,
}

impl Default for LoadBudget {
    fn default() -> Self {
        Self { bytes: 100 << 20, files: 50_000, charts: 1000 }
    }
}

impl LoadBudget {
    /// A file is about to be read.
    pub(crate) fn file(&mut self, name: &str, size_bytes: u64) -> Result<(), HelmError> {
        if size_bytes > FILE_BYTES_MAX {
            let message =
                format!("chart file {name:?} is larger than the maximum file size {FILE_BYTES_MAX}");
            return Err(HelmError::new(ErrorKind::Chart, message));
        }
        let Some(left) = self.bytes.checked_sub(size_bytes) else {
            return Err(HelmError::budget("bytes of a chart"));
        };
        self.bytes = left;
        self.visit()
    }

    /// A path is about to be looked at.
    pub(crate) fn visit(&mut self) -> Result<(), HelmError> {
        self.files = self.files.checked_sub(1).ok_or_else(|| HelmError::budget("files of a chart"))?;
        Ok(())
    }

    /// A chart is about to be put together.
    pub(crate) fn chart(&mut self) -> Result<(), HelmError> {
        self.charts =
            self.charts.checked_sub(1).ok_or_else(|| HelmError::budget("charts inside of a chart"))?;
        Ok(())
    }
}
