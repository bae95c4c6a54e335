import { assert, layer } from "@effect/vitest"
import { Effect, Schedule, Stream } from "effect"
import { describe, expect, it } from "vitest"
import { Client } from "../../../packages/provider-k8s/src/Client.ts"
import { applyAs, destroyPath, server } from "../../../packages/provider-k8s/test/server.ts"
import type { Asked } from "../Asked.ts"
import { goneEvent, refusalOf } from "../Fault.ts"
import { drawn } from "../FaultPlan.ts"

const asked = (method: string, query = ""): Asked => ({
  method,
  path: "/api/v1/things",
  query: new URLSearchParams(query)
})
const kinds = [
  asked("GET"),
  asked("GET", "watch=true"),
  asked("GET", "continue=x"),
  asked("PATCH"),
  asked("GET", "follow=true")
]

/** A kind that a server came to know late, so that the first versions are too old for it even on a new server. */
const definitionPath = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/shapes.faults.example.com"
const definition = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "shapes.faults.example.com" },
  spec: {
    group: "faults.example.com",
    names: { kind: "Shape", plural: "shapes" },
    scope: "Cluster",
    versions: [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema: { type: "object" } } }]
  }
}

describe("the plan of a seed", () => {
  const options = { seed: 7, percent: 50, inRowMax: 2 }
  const draw = (seed: number) => {
    const plan = drawn({ ...options, seed })
    return Array.from({ length: 2_000 }, (_, index) => plan(kinds[index % kinds.length] ?? asked("GET")))
  }

  it("is the same each time, and another one for another seed", () => {
    expect(draw(7)).toEqual(draw(7))
    expect(draw(8)).not.toEqual(draw(7))
  })

  it("draws every fault, and only those that can befall the request", () => {
    const faults = draw(7)
    const of = (kind: number) =>
      new Set(faults.flatMap((fault, index) => (index % kinds.length === kind ? (fault?.type ?? []) : [])))
    expect([...of(0)].toSorted()).toEqual(["broken", "busy", "lostReply", "lostRequest", "slow"])
    expect([...of(1)].toSorted()).toEqual([
      "broken",
      "busy",
      "closed",
      "cut",
      "gone",
      "goneInside",
      "lostRequest",
      "slow"
    ])
    expect([...of(2)].toSorted()).toEqual(["broken", "busy", "gone", "lostRequest", "slow"])
    expect([...of(3)].toSorted()).toEqual(["broken", "busy", "conflict", "lostReply", "lostRequest", "slow"])
    expect([...of(4)].toSorted()).toEqual(["broken", "busy", "cut", "lostRequest", "slow"])
  })

  it("lets a request through after so many faults in a row", () => {
    const plan = drawn({ ...options, percent: 100 })
    const inRow = Array.from({ length: 9 }, () => plan(asked("GET")) !== undefined)
    expect(inRow).toEqual([true, true, false, true, true, false, true, true, false])
  })
})

interface Status {
  readonly kind?: string
  readonly reason?: string
  readonly code?: number
  readonly status?: string
}
const shapeOf = ({ code, kind, reason, status }: Status) => ({ code, kind, reason, status })

layer(server, { excludeTestServices: true, timeout: "60 seconds" })(
  "faults are told as the real server tells them",
  (check) => {
    const maps = "/api/v1/namespaces/default/configmaps"
    const call = { operation: "test", kind: "config map", name: "it" }

    check.effect("a watch from too old a version", () =>
      Effect.gen(function* () {
        const client = yield* Client
        yield* Effect.addFinalizer(() => destroyPath(definitionPath))
        yield* applyAs("test", definitionPath, definition)
        const path = "/apis/faults.example.com/v1/shapes"
        yield* client
          .request<object>({ ...call, path })
          .pipe(Effect.retry(Schedule.max([Schedule.spaced("500 millis"), Schedule.recurs(40)])))
        const query = { watch: true, resourceVersion: 1 }
        const [line = ""] = yield* Stream.runCollect(Stream.take(client.lines({ ...call, path, query }), 1))
        const real = JSON.parse(line) as { readonly type: string; readonly object: Status }
        const ours = JSON.parse(goneEvent) as typeof real
        assert.deepStrictEqual([real.type, shapeOf(real.object)], [ours.type, shapeOf(ours.object)])
      })
    )

    check.effect("a write over somebody else's", () =>
      Effect.gen(function* () {
        const client = yield* Client
        const path = `${maps}/fault-shapes`
        const body = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "fault-shapes" } }
        yield* applyAs("test", path, body)
        const stale = { ...body, metadata: { ...body.metadata, resourceVersion: "1" } }
        const refused = yield* Effect.flip(client.request<object>({ ...call, path, method: "PUT", body: stale }))
        assert.strictEqual(refused.reason._tag, "Stale")
        const ours: Status = refusalOf({ type: "conflict" }, false)?.body ?? {}
        assert.strictEqual(refused.reason.code, ours.reason)
        yield* destroyPath(path)
      })
    )
  }
)
