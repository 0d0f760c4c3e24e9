import type { FileFacts } from "../ports/contents.ts";

/** Asks a person whether a file that looks like a secret may be used. The question names the file and the reason. */
export type Confirm = (file: string, reason: string) => Promise<boolean>;

/** Names that usually hold secrets. Files are matched by name, folders anywhere in the path. */
const secretNames: readonly (readonly [RegExp, string])[] = [
  [/^\.env($|\.|-|_)/iu, "environment files usually hold keys"],
  [/^\.envrc$/iu, "environment files usually hold keys"],
  [/^id_(rsa|dsa|ecdsa|ed25519)(_sk)?$/iu, "it is named like a private key"],
  [
    /\.(pem|key|p8|p12|pfx|ppk|jks|keystore|kdbx|asc|gpg)$/iu,
    "it is named like a key or a key store",
  ],
  [
    /^(\.npmrc|\.yarnrc\.yml|\.pypirc|\.netrc|_netrc|\.pgpass|\.my\.cnf|\.htpasswd|\.git-credentials|\.dockercfg)$/iu,
    "such files hold credentials",
  ],
  [
    /^(credentials?|secrets?)(\.(json|ya?ml|toml|ini|txt|csv|xml))?$/iu,
    "it is named like a file of credentials",
  ],
  [/(service[-_]?account|client[-_]secret).*\.json$/iu, "it is named like a file of credentials"],
  [/\.tfstate(\.backup)?$|\.tfvars$/iu, "Terraform keeps secrets in such files"],
];

const secretFolders = /\/(\.ssh|\.aws|\.azure|\.gnupg|\.kube|\.docker|\.config\/gcloud)\//u;

/** Why a file looks like a secret, as the end of a sentence; undefined if it does not. `path` may be a path or a decoded URI. */
export function whySensitive(path: string, facts: Omit<FileFacts, "content">): string | undefined {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const named = secretNames.find(([pattern]) => pattern.test(name));
  if (named) return named[1];
  if (secretFolders.test(path)) return "its folder usually holds credentials";
  if (facts.holdsPrivateKey) return "it contains a private key";
  if (facts.ignoredByGit) return "git ignores it";
  return undefined;
}
