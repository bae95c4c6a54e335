import { type Node, type Pod, place } from "@orrery/core"
import { Result } from "effect"
import { expect, test } from "vitest"
import { amount, node, pod, podSpec } from "./given.ts"

const one = podSpec(amount(1000, 1))
const apart = (topologyKey: string) =>
  podSpec(amount(1000, 1), {
    affinity: { podAntiAffinity: { required: [{ topologyKey, labelSelector: { matchLabels: { app: "web" } } }] } }
  })
const near = podSpec(amount(1000, 1), {
  affinity: {
    podAffinity: {
      required: [{ topologyKey: "kubernetes.io/hostname", labelSelector: { matchLabels: { app: "web" } } }]
    }
  }
})
const gpuTaint = { key: "gpu", value: "yes", effect: "NoSchedule" } as const
const web = { labels: { app: "web" } }

interface Case {
  readonly what: string
  readonly pod: Pod
  readonly node: Node
  readonly pods?: ReadonlyArray<Pod>
  readonly nodePorts?: boolean
  readonly code: string
  readonly why: string
}

const refused: ReadonlyArray<Case> = [
  { what: "booting", pod: pod("p", one), node: node("a-1", { state: "booting" }), code: "state", why: "is booting" },
  { what: "lost", pod: pod("p", one), node: node("a-1", { state: "lost" }), code: "state", why: "is lost" },
  {
    what: "cordoned",
    pod: pod("p", one),
    node: node("a-1", { schedulable: false }),
    code: "cordoned",
    why: "is cordoned"
  },
  {
    what: "reclaimed",
    pod: pod("p", one),
    node: node("a-1", { reclaimAtMs: 1 }),
    code: "reclaim",
    why: "is about to be taken away"
  },
  {
    what: "tainted",
    pod: pod("p", one),
    node: node("a-1", { taints: [gpuTaint] }),
    code: "taint",
    why: "has the taint gpu=yes:NoSchedule, not tolerated"
  },
  {
    what: "without the label",
    pod: pod("p", podSpec(amount(1000), { nodeSelector: { disk: "ssd" } })),
    node: node("a-1", { labels: { disk: "hdd" } }),
    code: "selector",
    why: "has no label disk=ssd"
  },
  {
    what: "outside the affinity terms",
    pod: pod(
      "p",
      podSpec(amount(1000), {
        affinity: {
          nodeAffinity: {
            required: [
              { matchExpressions: [{ key: "topology.kubernetes.io/zone", operator: "In", values: ["z2"] }] },
              { matchExpressions: [] }
            ]
          }
        }
      })
    ),
    node: node("a-1"),
    code: "affinity",
    why: "its labels meet none of the pod's node affinity terms"
  },
  {
    what: "too small in two ways",
    pod: pod("p", podSpec(amount(5000, 32))),
    node: node("a-1"),
    code: "cpu",
    why: "cpu: 5 asked for, 4 in all; memory: 32Gi asked for, 16Gi in all"
  },
  {
    what: "full",
    pod: pod("p", one),
    node: node("a-1"),
    pods: [pod("other", podSpec(amount(3500)), { node: "a-1" })],
    code: "cpu",
    why: "cpu: 1 asked for, 500m of 4 free"
  },
  {
    what: "without GPUs",
    pod: pod("p", podSpec(amount(0, 0, 500))),
    node: node("a-1"),
    code: "gpu",
    why: "gpu: 500m asked for, 0 in all"
  },
  {
    what: "with the port taken",
    pod: pod("p", podSpec(amount(1), {}, [80, 443])),
    node: node("a-1"),
    pods: [pod("other", podSpec(amount(1), {}, [443]), { node: "a-1" })],
    nodePorts: true,
    code: "port",
    why: "port 443/TCP is taken by other"
  },
  {
    what: "away from whom it must be with",
    pod: pod("p", near),
    node: node("a-1"),
    pods: [pod("other", one, { ...web, node: "elsewhere" })],
    code: "podAffinity",
    why: "is not with pods with app=web by kubernetes.io/hostname"
  },
  {
    what: "with whom it must be apart from",
    pod: pod("p", apart("kubernetes.io/hostname")),
    node: node("a-1"),
    pods: [pod("other", one, { ...web, node: "a-1" })],
    code: "podAntiAffinity",
    why: "other is there, and it must be apart from pods with app=web by kubernetes.io/hostname"
  },
  {
    what: "with one who must be apart from it",
    pod: pod("p", one, web),
    node: node("a-1"),
    pods: [pod("other", apart("topology.kubernetes.io/zone"), { node: "a-1" })],
    code: "podAntiAffinity",
    why: "other is there and must be apart from it"
  }
]

test.each(refused)(
  "a node $what is refused with its reason [R2 R71 R72 R74]",
  ({ code, node, nodePorts = false, pod, pods = [], why }) => {
    expect(place({ pod, nodes: [node], pods, policy: { nodePorts } })).toEqual(
      Result.fail([{ candidate: node.name, code, why }])
    )
  }
)

const chosen = (input: Parameters<typeof place>[0]): string => Result.getOrThrow(place(input)).node

test("a pod that tolerates the taint, has the label and shares no port is taken [R2 R71]", () => {
  const spec = podSpec(
    amount(4000, 16),
    { tolerations: [{ key: "gpu", operator: "Exists" }], nodeSelector: { disk: "ssd" } },
    [80]
  )
  const tainted = node("a-1", { taints: [gpuTaint], labels: { disk: "ssd" } })
  expect(chosen({ pod: pod("p", spec), nodes: [tainted], pods: [] })).toBe("a-1")
})

test("pods of their own ports may share a node", () => {
  const spec = podSpec(amount(1), {}, [80])
  expect(chosen({ pod: pod("p", spec), nodes: [node("a-1")], pods: [pod("q", spec, { node: "a-1" })] })).toBe("a-1")
})

test("ended pods take no room, leaving ones still do", () => {
  const whole = podSpec(amount(4000))
  const on = (state: Pod["state"]) =>
    place({ pod: pod("p", one), nodes: [node("a-1")], pods: [pod("q", whole, { node: "a-1", state })] })
  expect([on("succeeded"), on("failed"), on("leaving")].map(({ _tag }) => _tag)).toEqual([
    "Success",
    "Success",
    "Failure"
  ])
})

test("the first of pods that must be together may be anywhere, the second only there", () => {
  const nodes = [node("a-1"), node("a-2")]
  expect(chosen({ pod: pod("p", near, web), nodes, pods: [] })).toBe("a-1")
  expect(chosen({ pod: pod("p", near, web), nodes, pods: [pod("q", near, { ...web, node: "a-2" })] })).toBe("a-2")
})

test("best fit takes the fullest, spread the one without siblings, names decide ties", () => {
  const nodes = [node("a-2"), node("a-1"), node("a-3")]
  const pods = [pod("q", one, { node: "a-3" })]
  const policy = (rank: "bestFit" | "spread") => ({ pod: pod("p", one), nodes, pods, policy: { rank } })
  expect(chosen(policy("bestFit"))).toBe("a-3")
  expect(chosen(policy("spread"))).toBe("a-1")
})

test("work that wants no GPU leaves nodes with GPUs alone", () => {
  const nodes = [node("a-1", { capacity: amount(4000, 16, 4000) }), node("b-1")]
  expect(chosen({ pod: pod("p", one), nodes, pods: [] })).toBe("b-1")
})

test("what a pod prefers comes before how full a node is, and an unwelcoming taint counts against it", () => {
  const term = { matchExpressions: [{ key: "disk", operator: "In" as const, values: ["ssd"] }] }
  const spec = podSpec(amount(1000), { affinity: { nodeAffinity: { preferred: [{ weight: 10, term }] } } })
  const pods = [pod("q", one, { node: "a-1" })]
  expect(chosen({ pod: pod("p", spec), nodes: [node("a-1"), node("a-2", { labels: { disk: "ssd" } })], pods })).toBe(
    "a-2"
  )
  const unwelcoming = node("a-1", { taints: [{ key: "old", effect: "PreferNoSchedule" }] })
  expect(chosen({ pod: pod("p", one), nodes: [unwelcoming, node("a-2")], pods })).toBe("a-2")
})

test("the refusals come along with the choice, by name", () => {
  const nodes = [node("c-1", { state: "lost" }), node("b-1"), node("a-1", { schedulable: false })]
  const { node: taken, refusals } = Result.getOrThrow(place({ pod: pod("p", one), nodes, pods: [] }))
  expect([taken, ...refusals.map(({ candidate, code }) => `${candidate} ${code}`)]).toEqual([
    "b-1",
    "a-1 cordoned",
    "c-1 state"
  ])
})

test("where there are no nodes there are no reasons", () => {
  expect(place({ pod: pod("p", one), nodes: [], pods: [] })).toEqual(Result.fail([]))
})
