import { describe, expect, test } from "vitest"
import { placeManifests } from "../../../src/engine/profiles/kube/index.ts"

const node = (name: string) => ({
  kind: "Node",
  metadata: { name, labels: { "kubernetes.io/hostname": name, "topology.kubernetes.io/zone": `zone-${name}` } },
  status: { capacity: { cpu: "4", memory: "8Gi", pods: "20" } }
})
const pod = (name: string, ...claims: ReadonlyArray<string>) => ({
  kind: "Pod",
  metadata: { name },
  spec: {
    containers: [{ name: "c" }],
    volumes: claims.map((claimName) => ({ name: claimName, persistentVolumeClaim: { claimName } }))
  }
})
const claim = (name: string, spec: object = {}, more: object = {}) => ({
  kind: "PersistentVolumeClaim",
  metadata: { name },
  spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } }, ...spec },
  ...more
})
const volume = (name: string, host: string, storage: string, more: object = {}) => ({
  kind: "PersistentVolume",
  metadata: { name },
  spec: {
    accessModes: ["ReadWriteOnce"],
    capacity: { storage },
    storageClassName: "local",
    local: { path: "/mnt" },
    nodeAffinity: {
      required: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: "kubernetes.io/hostname", operator: "In", values: [host] }] }]
      }
    },
    ...more
  }
})
const storageClass = (name: string, provisioner: string, more: object = {}) => ({
  kind: "StorageClass",
  metadata: { name },
  provisioner,
  volumeBindingMode: "WaitForFirstConsumer",
  ...more
})
const local = storageClass("local", "kubernetes.io/no-provisioner")

const place = (...items: ReadonlyArray<unknown>) => {
  const { placements, problems } = placeManifests([
    { file: "cluster", text: JSON.stringify({ kind: "List", items: [node("n1"), node("n2"), ...items] }) }
  ])
  expect(problems).toEqual([])
  return placements ?? []
}
const nodesOf = (...items: ReadonlyArray<unknown>) => place(...items).map((one) => one.node)
const unfound = "node(s) didn't find available persistent volumes to bind"

describe("claims that wait for their first pod", () => {
  test("take the smallest volume that will do, and keep it", () => {
    const of = { storageClassName: "local" }
    const placements = place(
      local,
      volume("large", "n1", "9Gi"),
      volume("small", "n2", "2Gi"),
      claim("a", of),
      claim("b", of),
      claim("c", of),
      ...["a", "b", "c", "a"].map((name, index) => pod(`p${index}`, name))
    )
    const [first, second, third, again] = placements
    expect(first?.ties).toEqual(["n1", "n2"])
    expect([first?.node, second?.node].sort()).toEqual(["n1", "n2"])
    expect(third?.refused).toEqual({ n1: [unfound], n2: [unfound] })
    expect(again?.node).toBe(first?.node)
  })

  test("take no volume that is too small, kept for another, of another kind or not to be had", () => {
    const size = { resources: { requests: { storage: "5Gi" } } }
    expect(
      nodesOf(
        local,
        volume("small", "n1", "2Gi"),
        volume("kept", "n1", "9Gi", { claimRef: { name: "other" } }),
        volume("block", "n1", "9Gi", { volumeMode: "Block" }),
        volume("shared", "n1", "9Gi", { accessModes: ["ReadOnlyMany"] }),
        { ...volume("released", "n1", "9Gi"), status: { phase: "Released" } },
        volume("mine", "n2", "9Gi", { claimRef: { namespace: "default", name: "a" } }),
        claim("a", { storageClassName: "local", ...size }),
        pod("p", "a")
      )
    ).toEqual(["n2"])
  })

  test("get a volume where their class makes one, of the usual class where they name none", () => {
    const usual = {
      ...storageClass("usual", "ebs.csi.aws.com", {
        allowedTopologies: [{ matchLabelExpressions: [{ key: "topology.kubernetes.io/zone", values: ["zone-n2"] }] }]
      }),
      metadata: { name: "usual", annotations: { "storageclass.kubernetes.io/is-default-class": "true" } }
    }
    const placements = place(usual, claim("a"), pod("p", "a"), pod("q", "a"))
    expect(placements.map((one) => one.node)).toEqual(["n2", "n2"])
    expect(placements[0]?.refused).toEqual({ n1: [unfound] })
  })

  test("of a stateful set's pods are made with them", () => {
    const set = {
      kind: "StatefulSet",
      metadata: { name: "db" },
      spec: {
        replicas: 3,
        template: { spec: { containers: [{ name: "c" }] } },
        volumeClaimTemplates: [{ metadata: { name: "data" }, spec: { storageClassName: "local" } }]
      }
    }
    const given = claim("data-db-1", { volumeName: "mine" })
    const volumes = [volume("mine", "n2", "1Gi"), volume("other", "n1", "1Gi", { accessModes: [] })]
    expect(nodesOf(local, ...volumes, given, set)).toEqual(["n1", "n2", null])
  })
})

describe("claims that refuse every node", () => {
  const refusal = (of: object, ...more: ReadonlyArray<unknown>) => place(of, ...more, pod("p", "a"))[0]?.message

  test("are told in the scheduler's words", () => {
    const bound = { annotations: { "pv.kubernetes.io/bind-completed": "yes" } }
    const start = "0/2 nodes are available: "
    const cases: ReadonlyArray<readonly [string | undefined, string]> = [
      [refusal(claim("b")), 'persistentvolumeclaim "a" not found'],
      [refusal(claim("a")), "pod has unbound immediate PersistentVolumeClaims"],
      [refusal(claim("a", { volumeName: "none" })), "pod has unbound immediate PersistentVolumeClaims"],
      [
        refusal({ ...claim("a", { volumeName: "none" }), metadata: { name: "a", ...bound } }),
        'persistentvolume "none" not found'
      ],
      [
        refusal(claim("a", { volumeName: "v" }, { status: { phase: "Lost" } }), volume("v", "n1", "1Gi")),
        'persistentvolumeclaim "a" bound to non-existent persistentvolume "v"'
      ],
      [
        refusal({ ...claim("a"), metadata: { name: "a", deletionTimestamp: "2026-01-01T00:00:00Z" } }),
        'persistentvolumeclaim "a" is being deleted'
      ]
    ]
    for (const [message, words] of cases) expect(message).toContain(start + words)
  })

  test("a claim for one pod only is refused to the second, unless that may take the first one's place", () => {
    const once = claim("a", { volumeName: "v", accessModes: ["ReadWriteOncePod"] })
    const high = { ...pod("high", "a"), spec: { ...pod("high", "a").spec, priority: 5 } }
    const [first, second, third] = place(volume("v", "n1", "1Gi"), once, pod("p", "a"), pod("q", "a"), high)
    expect(first?.node).toBe("n1")
    expect(second?.refused.n1).toEqual([
      "node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod"
    ])
    expect([third?.node, third?.victims]).toEqual(["n1", ["default/p"]])
  })
})

describe("volumes that a driver attaches", () => {
  const disk = (name: string, source: object = { csi: { driver: "disks", volumeHandle: name } }) => ({
    kind: "PersistentVolume",
    metadata: { name },
    spec: { accessModes: ["ReadWriteOnce"], capacity: { storage: "1Gi" }, ...source }
  })
  const on = (name: string, volumeName: string) => claim(name, { volumeName, storageClassName: "" })
  const takes = (name: string, count: number, driver = "disks") => ({
    kind: "CSINode",
    metadata: { name },
    spec: { drivers: [{ name: driver, nodeID: name, topologyKeys: null, allocatable: { count } }] }
  })
  const full = "node(s) exceed max volume count"

  test("take a place each on a node that has so many, and none if they are there already", () => {
    const [first, second, again] = place(
      disk("d1"),
      disk("d2"),
      on("a", "d1"),
      on("b", "d2"),
      takes("n1", 1),
      takes("n2", 0),
      pod("p0", "a"),
      pod("p1", "b"),
      pod("p2", "a")
    )
    expect([first?.node, second?.node, again?.node]).toEqual(["n1", null, "n1"])
    expect(second?.refused).toEqual({ n1: [full], n2: [full] })
  })

  test("of a kind that was built in once belong to the driver that took over", () => {
    const [placed] = place(
      disk("d1", { awsElasticBlockStore: { volumeID: "vol-1" } }),
      on("a", "d1"),
      takes("n1", 0, "ebs.csi.aws.com"),
      pod("p0", "a")
    )
    expect(placed?.refused).toEqual({ n1: [full] })
  })

  test("that are attached without a pod take a place, too", () => {
    const attached = { attacher: "disks", nodeName: "n1", source: { persistentVolumeName: "d1" } }
    const [placed] = place(
      disk("d1"),
      disk("d2"),
      on("b", "d2"),
      takes("n1", 1),
      { kind: "VolumeAttachment", metadata: { name: "x" }, spec: attached },
      pod("p0", "b")
    )
    expect(placed?.refused).toEqual({ n1: [full] })
  })

  test("are made for a pod's ephemeral volumes, and counted by the driver of their class", () => {
    const ephemeral = (name: string) => ({
      kind: "Pod",
      metadata: { name },
      spec: {
        containers: [{ name: "c" }],
        volumes: [{ name: "v", ephemeral: { volumeClaimTemplate: { spec: { storageClassName: "made" } } } }]
      }
    })
    const placements = place(
      storageClass("made", "disks"),
      takes("n1", 1),
      takes("n2", 1),
      ...["p0", "p1", "p2"].map(ephemeral)
    )
    expect(placements.map((one) => one.node)).toEqual(["n1", "n2", null])
    expect(placements[2]?.refused).toEqual({ n1: [full], n2: [full] })
  })

  test("of a pod are not those of somebody else", () => {
    const { problems } = placeManifests([
      {
        file: "a.yaml",
        text: `
kind: PersistentVolumeClaim
metadata: {name: p0-v, ownerReferences: [{kind: Pod, name: p0-v, controller: true}]}
---
kind: Pod
metadata: {name: p0}
spec: {containers: [{name: c}], volumes: [{name: v, ephemeral: {volumeClaimTemplate: {spec: {}}}}]}
`
      }
    ])
    expect(problems.map(({ line, message }) => `${line} ${message}`)).toEqual([
      '6 the claim "p0-v" that the pod would make is there already, and belongs to Pod "p0-v"'
    ])
  })
})
