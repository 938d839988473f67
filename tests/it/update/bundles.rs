//! What the commands say of bundles, and what they refuse to begin.

use std::fs;

use ::update::{Manifest, ReleaseKey};

use super::world::{NEW, OLD, World, manifest, real, test_key, version, write_bundle};

#[actix_web::test]
async fn a_bundle_is_looked_at_and_refused_with_a_sentence() {
    let world = World::open().await;
    let here = &world.desk.installation;
    let path = world.dir().join("given.vccu");
    let file = path.display().to_string();
    let check = |manifest: &Manifest, key: &ReleaseKey| {
        write_bundle(&path, manifest, key);
        here.run(&["update", "check", &file])
    };
    let good = check(&manifest(NEW), &test_key());
    assert!(good.ok && good.out.contains("Version 0.2.0") && good.out.contains("nothing is lost"), "{good:?}");
    let refused = [
        (manifest(OLD), "runs already"),
        (manifest("0.0.9"), "is older than 0.1.0"),
        (Manifest { min_from: version("0.1.5"), ..manifest(NEW) }, "install 0.1.5 first"),
        (Manifest { product: "another".to_owned(), ..manifest(NEW) }, "another product"),
        (Manifest { debian: vec![99], ..manifest(NEW) }, "for Debian 99"),
    ];
    for (manifest, says) in refused {
        let said = check(&manifest, &test_key());
        assert!(!said.ok && said.err.contains(says) && said.err.contains("nothing was changed"), "{said:?}");
    }
    let stranger = check(&manifest(NEW), &ReleaseKey::generate().unwrap());
    assert!(!stranger.ok && stranger.err.contains("does not trust"), "{stranger:?}");
    let whole = {
        check(&manifest(NEW), &test_key());
        fs::read(&path).unwrap()
    };
    let mut altered = whole.clone();
    let at = altered.len() - 1500;
    altered[at] ^= 1;
    for (bytes, says) in [(&altered[..], "is not what was signed"), (&whole[..whole.len() - 512], "cut off or altered")]
    {
        fs::write(&path, bytes).unwrap();
        let said = here.run(&["update", "check", &file, "--json"]);
        assert!(!said.ok && said.out.contains(says), "{said:?}");
    }
}

#[actix_web::test]
async fn one_update_at_a_time_and_none_that_nobody_does() {
    let world = World::open().await;
    let here = &world.desk.installation;
    world.prepare(NEW, &real());
    let path = world.dir().join("given.vccu");
    write_bundle(&path, &manifest(NEW), &test_key());
    let file = path.display().to_string();
    let install = ["update", "install", &file, "--yes"];

    // Where nobody does the work, nothing is left of it.
    let said = here.run(&install);
    assert!(!said.ok && said.err.contains("systemd") || said.err.contains("systemctl"), "{said:?}");
    assert!(!world.dir().join("update/state.json").exists());
    let asked = here.run(&["update", "install", &file, "--json"]);
    assert!(asked.out.contains("\"word\":\"install\"") && asked.out.contains("\"token\""), "{asked:?}");
    let none = here.run(&["update", "rollback", "--yes"]);
    assert!(!none.ok && none.err.contains("no version before it"), "{none:?}");
    assert!(here.run(&["update", "resume"]).ok, "there is nothing to go on with");

    world.begin(NEW, |_| {});
    let mut executor = world.executor(120, None);
    let said = here.run(&install);
    assert!(!said.ok, "{said:?}");
    assert!(said.err.contains("under way") || said.err.contains("was interrupted"), "{said:?}");
    assert!(executor.wait().unwrap().success());
    assert_eq!(world.answers().await, NEW);
}
