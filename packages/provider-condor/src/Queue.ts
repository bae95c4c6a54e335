import type { ComputeError, InNamespace, Job, JobStatus } from "@orrery/core"
import { Context, Effect, Layer } from "effect"
import { type Ad, Client } from "./Client.ts"
import { all, quote } from "./classAd.ts"
import { classify } from "./classify.ts"
import { clusterOf, readSpec, stateAttributes, toJobs } from "./jobs.ts"
import { specAttribute } from "./submitText.ts"

/** Above this many known descriptions all are forgotten and read again. */
const specsMax = 10_000

/** Whom the schedd takes us for, in what `condor_ping` says. */
const whoWeAre = (said: string): Effect.Effect<string, ComputeError> => {
  const [, user] = /succeeded as (\S+) to/.exec(said) ?? []
  return user === undefined ? Effect.fail(classify("ping", { stderr: said })) : Effect.succeed(user)
}

/**
 * Our jobs in the queue. Ended ones stay there until they are removed. A look asks for what changes only: a job's description
 * never does, may be large, and is in the ad of each of its processes.
 */
export class Queue extends Context.Service<
  Queue,
  {
    /** The condition of jobs that we submitted: others may name theirs as we do, and an administrator may touch them all. */
    readonly mine: Effect.Effect<string, ComputeError>
    readonly jobs: (constraint: string) => Effect.Effect<ReadonlyArray<JobStatus>, ComputeError>
  }
>()("@orrery/provider-condor/Queue") {
  static readonly layer: Layer.Layer<Queue, never, Client> = Layer.effect(
    Queue,
    Effect.gen(function* () {
      const client = yield* Client
      const specs = new Map<string, InNamespace<Job>>()
      const learn = (ads: ReadonlyArray<Ad>): void => {
        if (specs.size > specsMax) specs.clear()
        for (const ad of ads) {
          const spec = readSpec(ad[specAttribute])
          if (spec !== undefined) specs.set(clusterOf(ad), spec)
        }
      }
      const unknown = (ads: ReadonlyArray<Ad>) => ads.filter((ad) => !specs.has(clusterOf(ad)))
      const read = (...args: ReadonlyArray<string>) =>
        client.ads("q", [...args, "-attributes", [...stateAttributes, specAttribute].join(",")])
      let user: string | undefined
      const mine = Effect.gen(function* () {
        user ??= yield* whoWeAre(yield* client.run("ping", ["-type", "SCHEDD", "WRITE"]))
        return `User =?= ${quote(user)}`
      })
      return Queue.of({
        mine,
        jobs: Effect.fnUntraced(function* (ofWhich) {
          const constraint = all([yield* mine, ofWhich])
          const ads = yield* client.ads("q", ["-constraint", constraint, "-attributes", stateAttributes.join(",")])
          if (unknown(ads).length > 0) learn(yield* read("-constraint", all([constraint, "ProcId =?= 0"])))
          // An administrator may have taken process 0 away.
          const rest = new Set(unknown(ads).map((ad) => String(ad.ClusterId)))
          for (const cluster of rest) learn(yield* read(cluster, "-limit", "1"))
          return toJobs(ads, specs)
        })
      })
    })
  )
}
