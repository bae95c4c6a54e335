import { because, type InNamespace, type Labels, type Ref, TimedOut } from "@orrery/core"
import { Clock, Effect, Stream } from "effect"
import { Client } from "../Client.ts"
import { labelKeys } from "../kubetorch/names.ts"
import { bear } from "../objects/bear.ts"
import { labelOf, selectorText } from "../objects/labels.ts"
import { list } from "../objects/list.ts"
import { podsPath } from "../objects/paths.ts"
import type { WirePod } from "../objects/wire.ts"
import { fromPod } from "../translate/pod.ts"
import { findPod } from "./exec.ts"
import type { Target } from "./streams.ts"

/** What leads from a pod to those that may stand in for it: the mark of the deployment, job or service that owns it. */
const ownerMark = ({ metadata }: WirePod): Labels | undefined => {
  for (const key of [labelOf.deployment, labelOf.job, labelKeys.service]) {
    const name = metadata?.labels?.[key]
    if (name !== undefined) return { [key]: name }
  }
  return undefined
}

const answers = (pod: WirePod): boolean => ["ready", "running"].includes(fromPod(pod).state)

/** The pod that was meant while it runs, else the readiest of those of the same owner. */
const standingIn = Effect.fnUntraced(function* (meant: WirePod) {
  const { name = "", namespace = "default", uid } = meant.metadata ?? {}
  const mark = ownerMark(meant)
  const query = mark === undefined ? { fieldSelector: `metadata.name=${name}` } : { labelSelector: selectorText(mark) }
  const call = { operation: "portForward", kind: "pod", name, path: podsPath(namespace), query }
  const running = (yield* Stream.runCollect(list<WirePod>(call))).filter(answers)
  const rank = (pod: WirePod) => (pod.metadata?.uid === uid ? 0 : fromPod(pod).state === "ready" ? 1 : 2)
  const [best] = running.toSorted((a, b) => rank(a) - rank(b))
  const found: Target | undefined = best === undefined ? undefined : { name: best.metadata?.name ?? "", namespace }
  return found
})

const pace = "200 millis"
const patienceMs = 30_000

/** Where a new connection is to lead; waits a while for a pod that is being replaced. Nobody outside could ask again. */
const target = Effect.fnUntraced(function* (meant: WirePod) {
  const until = (yield* Clock.currentTimeMillis) + patienceMs
  while (true) {
    const found = yield* bear(standingIn(meant))
    if (found !== undefined) return found
    if ((yield* Clock.currentTimeMillis) > until)
      return yield* because(
        new TimedOut({
          backend: "kubernetes",
          operation: "portForward",
          detail: `a running pod in the place of ${meant.metadata?.name}`,
          afterMs: patienceMs
        })
      )
    yield* Effect.sleep(pace)
  }
})

/** Opens a local port that leads to one of the pod's. When the pod is replaced, new connections lead to its successor. */
export const portForward = Effect.fn("kubernetes.portForward")(function* (ref: InNamespace<Ref>, port: number) {
  const client = yield* Client
  const meant = yield* findPod("portForward", ref)
  const run = Effect.runPromiseWith(yield* Effect.context<Client>())
  const subject = { operation: "portForward", kind: "pod", name: ref.name }
  return yield* client.forward(subject, () => run(target(meant)), port)
})
