//! The web interface: nothing that the content security policy would have to be weakened for.

use super::{Finding, Tree};

/// Raw HTML and inline styles.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.files().filter(|file| file.path.starts_with("web/src/")) {
        let mut in_script = false;
        for (at, text) in file.text.lines().enumerate() {
            if text.contains("{@html") {
                findings.push(Finding::new(
                    &file.path,
                    at + 1,
                    "`{@html` lets text become code. Render from structured data instead",
                ));
            }
            in_script = (in_script || text.contains("<script")) && !text.contains("</script");
            if file.path.ends_with(".svelte") && !in_script && has_inline_style(text) {
                findings.push(Finding::new(&file.path, at + 1, "an inline `style=` is refused by the content security policy. Use a class, or `style:name={value}`"));
            }
        }
    }
    findings.extend(licence(tree));
    findings
}

fn has_inline_style(text: &str) -> bool {
    text.trim_start().starts_with("style=") || text.contains(" style=")
}

fn licence(tree: &Tree) -> Option<Finding> {
    let manifest = tree.file("web/package.json")?;
    let stated = manifest.text.lines().any(|line| line.trim().trim_end_matches(',') == "\"license\": \"Apache-2.0\"");
    (!stated).then(|| Finding::new(&manifest.path, 1, "no licence stated: write \"license\": \"Apache-2.0\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(path: &str, text: &str) -> String {
        check(&Tree::of(&[(path, text)])).iter().map(Finding::to_string).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn raw_html_and_inline_styles_are_refused() {
        assert!(said("web/src/a.svelte", "<p>{@html text}</p>").contains("lets text become code"));
        assert!(said("web/src/a.svelte", "<p style=\"color: red\">").contains("inline `style=`"));
        assert!(said("web/src/a.svelte", "<p\n  style={x}>").contains(":2: an inline"));
    }

    #[test]
    fn directives_classes_and_scripts_are_fine() {
        assert_eq!(
            said("web/src/a.svelte", "<script>\n  const a = { style=1 };\n</script>\n<p class=\"x\" style:width={w}>"),
            ""
        );
    }

    #[test]
    fn the_package_states_its_licence() {
        assert!(said("web/package.json", "{ \"name\": \"x\" }").contains("no licence"));
        assert_eq!(said("web/package.json", "{\n  \"license\": \"Apache-2.0\",\n}"), "");
    }
}
