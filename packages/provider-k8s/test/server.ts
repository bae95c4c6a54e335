import {
  type ClusterManager,
  type ContainerManager,
  Deployment,
  type InNamespace,
  Job,
  type Scheduler,
  within
} from "@orrery/core"
import { Effect, Layer, Schema } from "effect"
import { Client } from "../src/Client.ts"
import { type Kubernetes, type KubernetesAdmin, layer } from "../src/index.ts"
import { fakeNode } from "./fakeNode.ts"

/** The API server that `test:real` started. */
export const config = { kubeconfig: process.env.ORRERY_K8S_KUBECONFIG ?? "" }

/** All services, and the bare client for what only a test does. */
export const server: Layer.Layer<
  ClusterManager | ContainerManager | Scheduler | Kubernetes | KubernetesAdmin | Client
> = Layer.merge(layer(config), Client.layer(config)).pipe(Layer.orDie)

/** Applies any object by its path, as somebody else than we would. */
export const applyAs = (fieldManager: string, path: string, body: object, subresource = "") =>
  Effect.flatMap(Client, (client) =>
    client.request<Record<string, never>>({
      operation: "test",
      kind: "object",
      name: path,
      method: "PATCH",
      path: `${path}${subresource}`,
      query: { fieldManager, force: true },
      contentType: "application/apply-patch+yaml",
      body
    })
  )

/** Deletes by path; nothing there is fine. */
export const destroyPath = (path: string) =>
  Effect.flatMap(Client, (client) =>
    Effect.ignore(client.request({ operation: "test", kind: "object", name: path, method: "DELETE", path }))
  )

/** Makes a fake node, with its size, which is part of its status. */
export const addNode = (name: string, labels: Readonly<Record<string, string>>, cpu = "8") =>
  Effect.gen(function* () {
    const node = fakeNode(name, labels, { cpu })
    yield* applyAs("test", `/api/v1/nodes/${name}`, node)
    yield* applyAs("test", `/api/v1/nodes/${name}`, node, "/status")
  })

const ours = within("default")

/** A deployment as a person would write it, on the fake nodes of one test. */
export const deployment = (
  name: string,
  pool: string,
  more: Partial<typeof Deployment.Encoded> = {}
): InNamespace<Deployment> =>
  ours(
    Schema.decodeSync(Deployment)({
      name,
      replicas: 2,
      selector: { matchLabels: { app: name } },
      template: {
        labels: { app: name },
        spec: {
          nodeSelector: { for: pool },
          terminationGraceMs: "1s",
          containers: [{ name: "main", image: "busybox:1", resources: { requests: { cpuMilli: "100m" } } }]
        }
      },
      ...more
    })
  )

/** A job as a person would write it, on the fake nodes of one test. */
export const job = (name: string, pool: string, more: Partial<typeof Job.Encoded> = {}): InNamespace<Job> =>
  ours(
    Schema.decodeSync(Job)({
      name,
      pod: {
        nodeSelector: { for: pool },
        terminationGraceMs: "1s",
        containers: [{ name: "main", image: "busybox:1", resources: { requests: { cpuMilli: "100m" } } }]
      },
      ...more
    })
  )
