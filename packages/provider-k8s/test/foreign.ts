import { Foreign } from "@orrery/contract"
import { Effect, Layer, Stream } from "effect"
import { Client } from "../src/Client.ts"
import type { K8sConfig } from "../src/index.ts"
import { list } from "../src/objects/list.ts"
import type { WireObject } from "../src/objects/wire.ts"
import { applyAs, destroyPath } from "./server.ts"

const owner = { "app.kubernetes.io/managed-by": "somebody" }
const deployments = "/apis/apps/v1/namespaces/default/deployments"
const jobs = "/apis/batch/v1/namespaces/default/jobs"

const podLike = (near: string) => ({
  metadata: { labels: { app: near, ...owner } },
  spec: {
    restartPolicy: "Always",
    terminationGracePeriodSeconds: 1,
    containers: [{ name: "main", image: "busybox:1", command: ["sh", "-c", "sleep 86400"] }]
  }
})

const deploymentLike = (near: string) => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: `${near}-foreign`, labels: { app: near, ...owner } },
  spec: { replicas: 1, selector: { matchLabels: { app: near, ...owner } }, template: podLike(near) }
})

const jobLike = (near: string) => ({
  apiVersion: "batch/v1",
  kind: "Job",
  metadata: { name: `${near}-foreign`, labels: { app: near, ...owner } },
  spec: { suspend: true, template: { ...podLike(near), spec: { ...podLike(near).spec, restartPolicy: "Never" } } }
})

/** What says that nobody touched it: its identity and the count of changes to what is wanted of it. */
const traceOf = ({ metadata }: WireObject & { readonly metadata?: { readonly generation?: number } }): string =>
  `${metadata?.name} ${metadata?.uid} ${metadata?.generation} ${metadata?.deletionTimestamp ?? "stays"}`

/** Deployments and jobs that somebody else made, called and labelled nearly as ours are. */
export const foreign = (config: K8sConfig): Layer.Layer<Foreign> =>
  Layer.effect(
    Foreign,
    Effect.map(Client, (client) => {
      const run = <A, E>(effect: Effect.Effect<A, E, Client>) => Effect.provideService(effect, Client, client)
      const planted = (path: string) =>
        run(
          Stream.runCollect(
            list<WireObject>({
              operation: "test",
              kind: "object",
              name: path,
              path,
              query: { labelSelector: "app.kubernetes.io/managed-by=somebody" }
            })
          )
        )
      const clearing = (path: string) =>
        Effect.flatMap(planted(path), (found) =>
          Effect.forEach(found, ({ metadata }) => run(destroyPath(`${path}/${metadata?.name}`)), { discard: true })
        )
      return Foreign.of({
        plant: (like) =>
          Effect.forEach(
            like,
            (near) =>
              Effect.andThen(
                run(applyAs("somebody", `${deployments}/${near}-foreign`, deploymentLike(near))),
                run(applyAs("somebody", `${jobs}/${near}-foreign`, jobLike(near)))
              ),
            { discard: true }
          ),
        intact: Effect.map(Effect.all([planted(deployments), planted(jobs)]), (found) =>
          found.flat().map(traceOf).toSorted()
        ),
        clear: Effect.andThen(clearing(deployments), clearing(jobs))
      })
    })
  ).pipe(Layer.provide(Layer.orDie(Client.layer(config))))
