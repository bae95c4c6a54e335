import { because, NotFound, type Ref } from "@orrery/core"
import { Effect, Stream } from "effect"
import { Argument } from "effect/cli"
import type { Backend } from "../backend/Backend.ts"
import { readNamed } from "../input/Target.ts"
import { refOf, type Scope } from "../kinds.ts"

const running = [
  { singular: "pod", plural: "pods", aliases: ["po"] },
  { singular: "deployment", plural: "deployments", aliases: ["deploy"] }
] as const

/** A pod by name, or any of a deployment's. */
export const podArgument = Argument.String("pod").pipe(Argument.withMetavar("POD|pod/NAME|deployment/NAME"))

/** The pod that was named, as kubectl has it: a bare word is a pod; of a deployment, the readiest. */
export const podNamed = Effect.fnUntraced(function* (backend: Backend, word: string, where: Scope, verb: string) {
  const { kind, name } = yield* Effect.fromResult(readNamed(word.includes("/") ? [word] : ["pod", word], running, verb))
  if (kind.singular === "pod") return refOf(name, where)
  const { pods } = yield* backend.containers
  const all = yield* Stream.runCollect(pods(refOf(name, where)))
  const found = ["ready", "running"].flatMap((wanted) => all.filter(({ state }) => state === wanted))[0]
  if (found === undefined)
    return yield* because(
      new NotFound({ backend: backend.name, operation: verb, kind: "pod", name: `${name}-... that runs` })
    )
  return { name: found.name, namespace: found.namespace } satisfies Ref
})
