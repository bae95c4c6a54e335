import fc from "fast-check"

const labels = fc.record(
  { app: fc.constantFrom("a", "b", "c"), tier: fc.constantFrom("web", "db") },
  { requiredKeys: [] }
)
const selector = fc.oneof(
  fc.record({ matchLabels: labels }),
  fc.constant({ matchExpressions: [{ key: "app", operator: "In", values: ["a", "c"] }] }),
  fc.constant({ matchExpressions: [{ key: "tier", operator: "DoesNotExist" }] })
)
const topologyKey = fc.constantFrom("kubernetes.io/hostname", "topology.kubernetes.io/zone", "disk")

/** A node of this number, with anything. */
export const node = (index: number) =>
  fc
    .record({
      cpu: fc.constantFrom("1", "3500m", "8", "0"),
      memory: fc.constantFrom("1Gi", "900Mi", "3000000k"),
      pods: fc.constantFrom("2", "5", "20"),
      zone: fc.option(fc.constantFrom("z1", "z2")),
      disk: fc.option(fc.constantFrom("ssd", "hdd")),
      gpus: fc.option(fc.constantFrom("1", "3")),
      unschedulable: fc.boolean().map((one) => one && index % 5 === 0),
      taints: fc.subarray([
        { key: "team", value: "blue", effect: "NoSchedule" },
        { key: "soft", value: "1", effect: "PreferNoSchedule" },
        { key: "old", effect: "PreferNoSchedule" }
      ])
    })
    .map(({ cpu, memory, pods, zone, disk, gpus, unschedulable, taints }) => ({
      kind: "Node",
      metadata: {
        name: `n${index}`,
        labels: {
          "kubernetes.io/hostname": `n${index}`,
          ...(zone === null ? {} : { "topology.kubernetes.io/zone": zone }),
          ...(disk === null ? {} : { disk })
        }
      },
      spec: { unschedulable, taints },
      status: { allocatable: { cpu, memory, pods, ...(gpus === null ? {} : { "example.com/gpu": gpus }) } }
    }))

const podTerm = fc.record({ topologyKey, labelSelector: selector })
const podAffinity = fc.record(
  {
    requiredDuringSchedulingIgnoredDuringExecution: fc.array(podTerm, { maxLength: 1 }),
    preferredDuringSchedulingIgnoredDuringExecution: fc.array(
      fc.record({ weight: fc.integer({ min: 1, max: 100 }), podAffinityTerm: podTerm }),
      { maxLength: 2 }
    )
  },
  { requiredKeys: [] }
)
const nodeTerm = fc.constantFrom(
  { matchExpressions: [{ key: "disk", operator: "In", values: ["ssd"] }] },
  { matchExpressions: [{ key: "disk", operator: "Exists" }] },
  { matchExpressions: [{ key: "topology.kubernetes.io/zone", operator: "NotIn", values: ["z1"] }] }
)

const podSpec = fc.record(
  {
    tolerations: fc.subarray([
      { key: "team", operator: "Exists" },
      { key: "soft", operator: "Equal", value: "1" },
      { key: "node.kubernetes.io/unschedulable", operator: "Exists" }
    ]),
    affinity: fc.record(
      {
        nodeAffinity: fc.record(
          {
            requiredDuringSchedulingIgnoredDuringExecution: fc.record({
              nodeSelectorTerms: fc.array(nodeTerm, { minLength: 1, maxLength: 2 })
            }),
            preferredDuringSchedulingIgnoredDuringExecution: fc.array(
              fc.record({ weight: fc.integer({ min: 1, max: 100 }), preference: nodeTerm }),
              { maxLength: 2 }
            )
          },
          { requiredKeys: [] }
        ),
        podAffinity,
        podAntiAffinity: podAffinity
      },
      { requiredKeys: [] }
    ),
    topologySpreadConstraints: fc.array(
      fc.record({
        maxSkew: fc.integer({ min: 1, max: 3 }),
        topologyKey,
        whenUnsatisfiable: fc.constantFrom("DoNotSchedule", "ScheduleAnyway"),
        labelSelector: selector,
        nodeTaintsPolicy: fc.constantFrom("Honor", "Ignore")
      }),
      { maxLength: 2 }
    )
  },
  { requiredKeys: [] }
)

const requests = fc.record(
  {
    cpu: fc.constantFrom("0", "100m", "333m", "1"),
    memory: fc.constantFrom("1", "100M", "512Mi"),
    "example.com/gpu": fc.constant("1")
  },
  { requiredKeys: [] }
)

const service = { kind: "Service", metadata: { name: "s" }, spec: { selector: { app: "a" } } }

/** Objects of a small cluster: nodes, a service, and pods that come to it. */
export const cluster = fc
  .tuple(
    fc.integer({ min: 1, max: 7 }).chain((count) => fc.tuple(...Array.from({ length: count }, (_, at) => node(at)))),
    // A few kinds of pods, each several times, so that what was learned about one is used for the next.
    fc.array(fc.record({ labels, spec: podSpec, requests }), { minLength: 1, maxLength: 4 }),
    fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 20 })
  )
  .map(([nodes, kinds, order]) => [
    ...nodes,
    service,
    ...order.map((choice, index) => {
      const kind = kinds[choice % kinds.length]
      return {
        kind: "Pod",
        metadata: { name: `p${index}`, labels: kind?.labels },
        spec: { ...kind?.spec, containers: [{ name: "c", image: "none", resources: { requests: kind?.requests } }] }
      }
    })
  ])
