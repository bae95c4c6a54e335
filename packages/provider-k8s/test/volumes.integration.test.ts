import { assert, layer } from "@effect/vitest"
import { ContainerManager } from "@orrery/core"
import { Effect, Fiber } from "effect"
import { KubernetesAdmin } from "../src/index.ts"
import { addNode, applyAs, deployment, destroyPath, server } from "./server.ts"

const own = `volumes-${process.pid}`
const gibi = 2 ** 30
const namespace = "default"
const disk = `/api/v1/persistentvolumes/${own}`

/** A disk that whoever keeps the cluster has put in: this cluster has nobody who makes them. */
const addDisk = applyAs("keeper", disk, {
  apiVersion: "v1",
  kind: "PersistentVolume",
  metadata: { name: own },
  spec: {
    storageClassName: own,
    capacity: { storage: "2Gi" },
    accessModes: ["ReadWriteOnce"],
    persistentVolumeReclaimPolicy: "Retain",
    hostPath: { path: "/tmp" }
  }
})

const mounting = (name: string, claim: string) => {
  const spec = deployment(name, own, { replicas: 1 })
  const pod = { ...spec.template.spec, volumes: [{ name: "data", claim }] }
  return { ...spec, template: { ...spec.template, spec: pod } }
}

layer(server, { excludeTestServices: true, timeout: "240 seconds" })("volumes on a real control plane", (it) => {
  it.effect("a volume is made once, mounted by its name, held while it is used, and taken away [R143]", () =>
    Effect.gen(function* () {
      const admin = yield* KubernetesAdmin
      const containers = yield* ContainerManager
      yield* addNode(own, { for: own })
      const volume = { namespace, name: own, sizeBytes: gibi, storageClass: own }
      const mine = Effect.map(admin.volumes(), (all) => all.filter(({ name }) => name === own))
      assert.deepStrictEqual(yield* admin.createVolume(volume), { ...volume, shared: false, state: "waiting" })
      yield* addDisk
      const isReady = Effect.map(mine, ([found]) => found?.state === "ready")
      yield* Effect.repeat(isReady, { until: (ready) => ready }).pipe(Effect.timeout("90 seconds"))
      assert.deepStrictEqual((yield* admin.createVolume(volume)).state, "ready")
      // a disk is given whole
      assert.deepStrictEqual(yield* mine, [{ ...volume, sizeBytes: 2 * gibi, shared: false, state: "ready" }])
      yield* containers.createDeployment(mounting("using", own))
      const state = Effect.map(containers.getDeployment({ name: "using" }), (found) => found.state)
      yield* Effect.repeat(state, { until: (now) => now === "available" }).pipe(Effect.timeout("90 seconds"))
      const deleting = yield* Effect.forkChild(admin.deleteVolume(volume))
      yield* Effect.sleep("1 second")
      assert.lengthOf(yield* mine, 1)
      yield* containers.deleteDeployment({ name: "using" })
      yield* Fiber.join(deleting)
      assert.deepStrictEqual(yield* mine, [])
      yield* admin.deleteVolume(volume)
      yield* destroyPath(disk)
      yield* destroyPath(`/api/v1/nodes/${own}`)
    })
  )

  it.effect("a volume of somebody else is seen and not touched", () =>
    Effect.gen(function* () {
      const admin = yield* KubernetesAdmin
      const theirs = { namespace, name: `${own}-theirs`, sizeBytes: gibi, storageClass: "none" }
      const path = `/api/v1/namespaces/${namespace}/persistentvolumeclaims/${theirs.name}`
      yield* applyAs("somebody", path, {
        apiVersion: "v1",
        kind: "PersistentVolumeClaim",
        metadata: { name: theirs.name },
        spec: { accessModes: ["ReadWriteMany"], storageClassName: "none", resources: { requests: { storage: "1G" } } }
      })
      assert.strictEqual((yield* Effect.flip(admin.createVolume(theirs))).reason._tag, "Conflict")
      assert.strictEqual((yield* Effect.flip(admin.deleteVolume(theirs))).reason._tag, "Conflict")
      const seen = (yield* admin.volumes(namespace)).find(({ name }) => name === theirs.name)
      assert.deepStrictEqual(seen, { ...theirs, sizeBytes: 10 ** 9, shared: true, state: "waiting" })
      yield* destroyPath(path)
    })
  )

  it.effect("a size that cannot be is refused by its field, and nothing is made", () =>
    Effect.gen(function* () {
      const admin = yield* KubernetesAdmin
      const none = { namespace, name: `${own}-none`, sizeBytes: 0 }
      const { reason } = yield* Effect.flip(admin.createVolume(none))
      assert.deepStrictEqual(reason._tag === "InvalidInput" ? reason.problems.map(({ path }) => path) : [], [
        "spec.resources[storage]"
      ])
      assert.notInclude(
        (yield* admin.volumes(namespace)).map(({ name }) => name),
        none.name
      )
    })
  )
})
