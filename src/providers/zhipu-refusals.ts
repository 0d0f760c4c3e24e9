import type { ContextError } from "../core/errors.ts";
import { lostFile } from "./chat-files.ts";
import { type CallSite, errorFor, type Refusal, undone, type Verdict } from "./http.ts";

type Judge = (refusal: Refusal, site: CallSite) => Verdict | undefined;

/** What GLM's business codes mean, whatever the status. */
// https://docs.bigmodel.cn/cn/api/api-code
const verdicts: readonly (readonly [codes: readonly string[], judge: Judge])[] = [
  [["1000", "1001", "1002", "1003", "1004", "1005"], keyVerdict],
  [["1113"], moneyVerdict],
  [["1304", "1308", "1310", "1313", "1316", "1317", "1318", "1319", "1320", "1321"], limitVerdict],
  [["1309", "1311", "1314", "1315"], planVerdict],
  [["1302", "1303", "1305"], busyVerdict],
  [["1200", "1230", "1234"], troubleVerdict],
  [["1211", "1212"], modelVerdict],
  [["1261"], (_refusal, site) => lengthVerdict(site)],
  [["1300", "1301"], safetyVerdict],
];

/** What GLM's own words mean. `references` are the names of the uploads that the request refers to, by their ids. */
export function judgeOf(references: ReadonlyMap<string, string> = new Map()): Judge {
  return (refusal, site) => {
    const codes = refusal.reason.split(" ");
    const [, judge] = verdicts.find(([known]) => known.some((code) => codes.includes(code))) ?? [];
    if (judge !== undefined) return judge(refusal, site);
    return references.size > 0 && isAboutLostFile(refusal)
      ? lostFile(refusal, site, references)
      : undefined;
  };
}

/** The error that a reason to end an answer stands for; undefined for an answer that ended well. */
// https://docs.z.ai/api-reference/llm/chat-completion
export function failureAt(reason: string, site: CallSite): ContextError | undefined {
  const verdict = endings[reason]?.(site);
  return verdict && errorFor(verdict, site);
}

const endings: Readonly<Record<string, (site: CallSite) => Verdict>> = {
  sensitive: ({ provider }) => ({
    code: "provider-rejected",
    sentence: `${provider} stopped the answer for reasons of safety: change the question, or leave out the file that it may object to`,
  }),
  network_error: ({ provider }) => ({
    code: "provider-busy",
    sentence: `${provider} has trouble of its own, and its answer breaks off: try again in a moment`,
  }),
  model_context_window_exceeded: lengthVerdict,
};

function isAboutLostFile({ sentence }: Refusal): boolean {
  return (
    /\bfile|文件/i.test(sentence) &&
    /not (?:found|exist)|no such|expired|不存在|过期|无效/i.test(sentence)
  );
}

function keyVerdict(_refusal: Refusal, { provider }: CallSite): Verdict {
  return {
    code: "key-rejected",
    sentence: `${provider} rejected the API key: run "Satchel: Set API Key" and enter a valid one; a key from bigmodel.cn works only with a base URL at https://open.bigmodel.cn, one from z.ai only with one at https://api.z.ai`,
  };
}

function moneyVerdict(_refusal: Refusal, site: CallSite): Verdict {
  return {
    code: "quota-exceeded",
    sentence: `The ${site.provider} account has no money for this, so ${undone(site)}: recharge it, or, if the key belongs to a coding plan, set the plan's own base URL, which ends in /api/coding/paas/v4`,
  };
}

function limitVerdict(refusal: Refusal, site: CallSite): Verdict {
  return {
    code: "quota-exceeded",
    sentence: `The plan of the ${site.provider} account is used up for now, so ${undone(site)}${said(refusal)}: wait until its period begins anew, or change the plan`,
  };
}

function planVerdict(refusal: Refusal, site: CallSite): Verdict {
  return {
    code: "quota-exceeded",
    sentence: `The plan of the ${site.provider} account does not include this, so ${undone(site)}${said(refusal)}: renew or change the plan, or choose another model`,
  };
}

function busyVerdict(_refusal: Refusal, site: CallSite): Verdict {
  return {
    code: "provider-busy",
    sentence: `${site.provider} is busy, so ${undone(site)}: try again in a moment`,
  };
}

function troubleVerdict(_refusal: Refusal, { provider, file }: CallSite): Verdict {
  const subject = file === undefined ? "" : `, and ${file} may not have arrived`;
  return {
    code: "provider-busy",
    sentence: `${provider} has trouble of its own${subject}: try again in a moment`,
  };
}

function modelVerdict(_refusal: Refusal, { provider, model }: CallSite): Verdict | undefined {
  if (model === undefined) return undefined;
  return {
    code: "provider-rejected",
    sentence: `${provider} has no model "${model}" for this account: choose another model`,
  };
}

function lengthVerdict({ provider, model = "its model" }: CallSite): Verdict {
  return {
    code: "provider-rejected",
    sentence: `${provider} says that the request is too long for ${model}: evict files from the context, or choose a model with a larger window`,
  };
}

function safetyVerdict(refusal: Refusal, site: CallSite): Verdict {
  return {
    code: "provider-rejected",
    sentence: `${site.provider} refused the request for reasons of safety, so ${undone(site)}${said(refusal)}: change the question, or leave out the file that it may object to`,
  };
}

/** The provider's own sentence: a time to wait stands only there. */
function said({ sentence }: Refusal): string {
  return sentence === "" ? "" : ` (${sentence})`;
}
