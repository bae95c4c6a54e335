import type { Draw } from "./Draw.ts"
import type { Manifest } from "./drawCase.ts"

const taints = [
  { key: "team", value: "blue", effect: "NoSchedule" },
  { key: "team", value: "red", effect: "NoExecute" },
  { key: "soft", value: "1", effect: "PreferNoSchedule" },
  { key: "soft", value: "2", effect: "PreferNoSchedule" },
  { key: "old", effect: "PreferNoSchedule" },
  { key: "node.kubernetes.io/not-ready", effect: "NoExecute" }
]

const images = [
  ["img-a:latest"],
  ["img-b:latest", "img-b@sha256:0123456789012345678901234567890123456789012345678901234567890123"],
  ["img-c:v2"],
  ["registry.io:5000/img-d:latest", "img-e:1"]
]

const uniqueTaints = (drawn: ReadonlyArray<{ readonly key: string; readonly effect: string }>) =>
  drawn.filter((one, at) => drawn.findIndex((other) => other.key === one.key && other.effect === one.effect) === at)

/** How large nodes are: room for a few pods or for very many. */
export type Sizes = "small" | "large"

const allocatable = (draw: Draw, sizes: Sizes) => ({
  cpu: draw.one(sizes === "large" ? ["16", "32"] : ["1", "2", "4", "3500m", "7.5", "16"]),
  memory: draw.one(sizes === "large" ? ["64Gi", "100G"] : ["1Gi", "2G", "8Gi", "900Mi", "3000000k", "16Gi"]),
  pods: draw.one(sizes === "large" ? ["40", "110"] : ["3", "6", "11", "30"]),
  ...(draw.chance(80) ? { "ephemeral-storage": draw.one(["10Gi", "100Gi"]) } : {}),
  ...(draw.chance(35) ? { "example.com/gpu": draw.one(["0", "1", "4"]) } : {}),
  ...(draw.chance(15) ? { "hugepages-2Mi": "64Mi" } : {})
})

/** A node of this name. */
export const drawNode = (draw: Draw, name: string, sizes: Sizes): Manifest => {
  const has = draw.chance(2) ? {} : allocatable(draw, sizes)
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name,
      labels: {
        ...(draw.chance(92) ? { "kubernetes.io/hostname": draw.chance(4) ? "n0" : name } : {}),
        ...(draw.chance(85) ? { "topology.kubernetes.io/zone": draw.one(["z1", "z2", "z3"]) } : {}),
        ...(draw.chance(30) ? { "topology.kubernetes.io/region": draw.one(["r1", ""]) } : {}),
        ...(draw.chance(60) ? { disk: draw.one(["ssd", "hdd", ""]) } : {}),
        ...(draw.chance(40) ? { size: draw.one(["3", "8", "12", "007", "x"]) } : {})
      }
    },
    spec: {
      ...(draw.chance(40) ? { taints: uniqueTaints(draw.some(16, taints)) } : {}),
      ...(draw.chance(8) ? { unschedulable: true } : {})
    },
    status: {
      capacity: has,
      allocatable: has,
      images: draw
        .some(45, images)
        .map((names) => ({ names, sizeBytes: draw.one([1000, 314572800, 943718400, 2097152000]) }))
    }
  }
}
