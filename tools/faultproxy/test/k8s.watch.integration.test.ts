import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, layer } from "@effect/vitest"
import { Effect, Fiber, Stream } from "effect"
import { describe } from "vitest"
import { Client } from "../../../packages/provider-k8s/src/Client.ts"
import { type Change, watch } from "../../../packages/provider-k8s/src/objects/watch.ts"
import type { WireObject } from "../../../packages/provider-k8s/src/objects/wire.ts"
import { kubeconfigOf, makeAccount, permit, removeAccount, write } from "../../../packages/provider-k8s/test/account.ts"
import { applyAs, config, destroyPath, server } from "../../../packages/provider-k8s/test/server.ts"
import { drawn, noFaults } from "../FaultPlan.ts"
import { FaultProxy } from "../FaultProxy.ts"

const dir = mkdtempSync(join(tmpdir(), "orrery-watch-"))
const maps = "/api/v1/namespaces/default/configmaps"
const label = (run: string) => ({ "watched-by": run })

const openProxy = (kubeconfig: string) =>
  Effect.acquireRelease(
    Effect.promise(() => FaultProxy.open(kubeconfig)),
    (proxy) => Effect.promise(() => proxy.close())
  )

const put = (run: string, name: string, turn: number) =>
  Effect.map(
    applyAs("test", `${maps}/${name}`, {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name, labels: label(run) },
      data: { turn: String(turn) }
    }),
    (made) => (made as WireObject).metadata?.resourceVersion ?? ""
  )

const watching = (run: string) =>
  watch<WireObject>({
    operation: "watch",
    kind: "config map",
    name: "",
    path: maps,
    query: { labelSelector: `watched-by=${run}` }
  })

const nameOf = ({ object }: { readonly object: WireObject }): string => object.metadata?.name ?? ""

/** Told versions of a thing may leave some out, but never go back. */
const isSubsequence = (told: ReadonlyArray<string>, made: ReadonlyArray<string>): boolean => {
  let at = -1
  return told.every((version) => {
    const next = made.indexOf(version, at + 1)
    at = next
    return next >= 0
  })
}

layer(server, { excludeTestServices: true, timeout: "120 seconds" })(
  "watches of a real server over a wire that breaks",
  (it) => {
    describe.concurrent("what is told comes to what there is, in order, and nothing twice", () => {
      for (const seed of [1, 2, 3])
        it.effect(`seed ${seed}`, () =>
          Effect.gen(function* () {
            const run = `storm-${seed}-${process.pid}`
            const proxy = yield* openProxy(config.kubeconfig)
            const kubeconfig = join(dir, run)
            writeFileSync(kubeconfig, proxy.kubeconfig)
            const changes: Array<Exclude<Change<WireObject>, { readonly type: "Synced" }>> = []
            const last = `${run}-last`
            const telling = yield* watching(run).pipe(
              // the first list is tried again by whoever asked: the wire breaks from then on
              Stream.tap((change) =>
                Effect.sync(() => {
                  if (change.type === "Synced") proxy.plan = drawn({ seed, percent: 90, inRowMax: 4 })
                })
              ),
              Stream.filter((change) => change.type !== "Synced"),
              Stream.takeUntil((change) => nameOf(change) === last),
              Stream.runForEach((change) => Effect.sync(() => void changes.push(change))),
              Effect.provide(Client.layer({ kubeconfig })),
              Effect.forkChild
            )
            const made = new Map<string, Array<string>>()
            for (let turn = 0; turn < 60; turn++) {
              const name = `${run}-${(turn * 7 + seed) % 10}`
              if (turn % 5 === 4) {
                yield* destroyPath(`${maps}/${name}`)
              } else made.set(name, [...(made.get(name) ?? []), yield* put(run, name, turn)])
              if (turn % 8 === 7) proxy.cutAll()
              yield* Effect.sleep("60 millis")
            }
            // the last one is told when all before it is
            proxy.plan = noFaults
            yield* Effect.sleep("2 seconds")
            yield* put(run, last, 0)
            yield* Effect.timeout(Fiber.join(telling), "40 seconds")

            const standing = new Map<string, string>()
            for (const change of changes) {
              if (change.type === "Gone") assert.isTrue(standing.delete(nameOf(change)), `${nameOf(change)} went twice`)
              else {
                const version = change.object.metadata?.resourceVersion ?? ""
                assert.notStrictEqual(standing.get(nameOf(change)), version, "the same twice")
                standing.set(nameOf(change), version)
              }
            }
            standing.delete(last)
            const client = yield* Client
            const there = yield* client.request<{ readonly items: ReadonlyArray<WireObject> }>({
              operation: "test",
              kind: "config map",
              name: "",
              path: maps,
              query: { labelSelector: `watched-by=${run}` }
            })
            const wanted = there.items.filter(({ metadata }) => metadata?.name !== last)
            assert.deepStrictEqual(
              [...standing].toSorted(),
              wanted.map(({ metadata }) => [metadata?.name ?? "", metadata?.resourceVersion ?? ""]).toSorted()
            )
            for (const [name, versions] of made) {
              const told = changes.filter((change) => change.type === "Set" && nameOf(change) === name)
              assert.isTrue(
                isSubsequence(
                  told.map(({ object }) => object.metadata?.resourceVersion ?? ""),
                  versions
                ),
                name
              )
            }
            const faults = proxy.records.flatMap(({ fault }) => fault ?? [])
            assert.isAtLeast(faults.length, 1)
            for (const { metadata } of there.items) yield* destroyPath(`${maps}/${metadata?.name}`)
          })
        )
    })

    it.effect("a token that dies in the middle of a watch is renewed, and nothing is missed", () =>
      Effect.gen(function* () {
        const run = `renewed-${process.pid}`
        const rules = [{ apiGroups: [""], resources: ["configmaps"], verbs: ["list", "watch"] }]
        const token = write("watch-token", yield* makeAccount("watcher"))
        yield* permit("watcher", rules)
        const through = yield* openProxy(config.kubeconfig)
        const cluster = { server: /http:\S+/.exec(through.kubeconfig)?.[0], "certificate-authority": undefined }
        const kubeconfig = write("watcher", kubeconfigOf({ tokenFile: token }, cluster))
        const telling = yield* watching(run).pipe(
          Stream.filter((change) => change.type === "Set"),
          Stream.map(nameOf),
          Stream.take(2),
          Stream.runCollect,
          Effect.provide(Client.layer({ kubeconfig })),
          Effect.forkChild
        )
        yield* put(run, `${run}-a`, 0)
        yield* Effect.sleep("500 millis")
        write("watch-token", yield* makeAccount("watcher-next"))
        yield* permit("watcher-next", rules)
        yield* removeAccount("watcher")
        through.cutAll()
        yield* put(run, `${run}-b`, 0)
        assert.deepStrictEqual(yield* Effect.timeout(Fiber.join(telling), "20 seconds"), [`${run}-a`, `${run}-b`])
        for (const one of ["a", "b"]) yield* destroyPath(`${maps}/${run}-${one}`)
      })
    )
  }
)
