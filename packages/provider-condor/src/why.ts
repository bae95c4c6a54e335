import { type ComputeError, type JobStatus, type Pod, place, type Refusal, type Why } from "@orrery/core"
import { Effect, Result } from "effect"
import { type Ad, Client } from "./Client.ts"
import { toCapacity, toNodes } from "./nodes.ts"

const podOf = ({ spec, submittedAtMs }: JobStatus): Pod => ({
  name: spec.name,
  namespace: spec.namespace,
  labels: spec.labels,
  spec: spec.pod,
  state: "waiting",
  owner: { kind: "job", name: spec.name },
  createdAtMs: submittedAtMs
})

/** The slots as nodes that have only what is free of them now. */
const freeNodes = (slots: ReadonlyArray<Ad>) => {
  const free = new Map(toCapacity(slots).nodes.map((slot) => [slot.name, slot.free]))
  return toNodes(slots).map((node) => ({ ...node, capacity: free.get(node.name) ?? node.capacity }))
}

/** What keeps a job off a slot that has room: its owner's own condition, which the pool alone can judge. */
const startOf = (slots: ReadonlyArray<Ad>, name: string): Refusal => {
  const start = slots.find((slot) => slot.Name === name)?.Start
  const condition = typeof start === "string" ? start.replace(/^\/Expr\((.*)\)\/$/s, "$1") : "true"
  return {
    candidate: name,
    code: "start",
    why: `it has room; it takes a job only where its START holds: ${condition.trim()}`
  }
}

/** The negotiator's last refusals of a job's processes, without repetition. */
const lastWords = (ads: ReadonlyArray<Ad>): string =>
  [...new Set(ads.flatMap(({ LastRejMatchReason: reason }) => (typeof reason === "string" ? [reason.trim()] : [])))]
    .toSorted()
    .join(", ")

const meaning = (words: string): string =>
  /concurrency limit orrery_\w* reached/.test(words) ? "as many of its tasks run as may at a time" : words

/** Why a waiting job waits: the negotiator's last word on it, and one reason for each slot. */
export const why = Effect.fn("condor.why")(function* (
  job: JobStatus,
  constraint: string
): Effect.fn.Return<Why, ComputeError, Client> {
  if (job.state !== "waiting")
    return { summary: `the job is ${job.state}${job.reason === undefined ? "" : `: ${job.reason}`}`, refusals: [] }
  const client = yield* Client
  const slots = yield* client.ads("status", [])
  const said = lastWords(yield* client.ads("q", ["-constraint", constraint, "-attributes", "LastRejMatchReason"]))
  const verdict = place({ pod: podOf(job), nodes: freeNodes(slots), pods: [] })
  if (Result.isFailure(verdict)) {
    const summary = slots.length === 0 ? "the pool has no slots" : "no slot takes it now"
    return {
      summary: said === "" ? summary : `${summary}; the negotiator said: ${meaning(said)}`,
      refusals: verdict.failure
    }
  }
  const { node, refusals } = verdict.success
  return said === ""
    ? { summary: `it fits ${node} and waits for the next negotiation`, refusals }
    : { summary: `the negotiator said: ${meaning(said)}`, refusals: [...refusals, startOf(slots, node)] }
})
