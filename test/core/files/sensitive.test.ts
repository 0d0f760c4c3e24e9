import assert from "node:assert/strict";
import { test } from "node:test";
import { whySensitive } from "../../../src/core/files/sensitive.ts";

const plain = { holdsPrivateKey: false, ignoredByGit: false };

const secrets = [
  ".env",
  ".env.local",
  ".env-prod",
  ".ENV",
  ".envrc",
  "id_rsa",
  "id_ed25519",
  "server.pem",
  "tls.key",
  "app.p12",
  "store.jks",
  "passwords.kdbx",
  ".npmrc",
  ".netrc",
  ".pgpass",
  ".git-credentials",
  "credentials",
  "credentials.json",
  "secrets.yaml",
  "secret.toml",
  "my-service-account-1.json",
  "client_secret_42.json",
  "terraform.tfstate",
  "prod.tfvars",
];

const ordinary = [
  "environment.ts",
  "env.ts",
  "my.env.md",
  "keyboard.ts",
  "id_rsa.pub",
  "README.md",
  "secretary.txt",
  "credentials-form.tsx",
  "monkey.ts",
  "a.csv",
];

for (const name of secrets) {
  test(`${name} looks like a secret`, () => assert.ok(whySensitive(`/work/${name}`, plain)));
}

for (const name of ordinary) {
  test(`${name} does not look like a secret`, () =>
    assert.equal(whySensitive(`/work/${name}`, plain), undefined));
}

test("files in folders of credentials look like secrets", () => {
  assert.ok(whySensitive("file:///home/ada/.ssh/config", plain));
  assert.ok(whySensitive("/home/ada/.aws/config", plain));
});

test("what the content and git say counts, too", () => {
  assert.match(
    whySensitive("/a/notes.txt", { ...plain, holdsPrivateKey: true }) ?? "",
    /private key/u,
  );
  assert.match(whySensitive("/a/notes.txt", { ...plain, ignoredByGit: true }) ?? "", /git/u);
});
