import { execFileSync } from "node:child_process"
import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, expect, it } from "vitest"
import { runCommand } from "./runCommand.ts"

const kubeconfig = process.env.ORRERY_K8S_KUBECONFIG ?? ""
const dir = mkdtempSync(join(tmpdir(), "compute-import-"))
const place = `import-${process.pid}`

const kubectl = (args: ReadonlyArray<string>, input = ""): string =>
  execFileSync(process.env.ORRERY_K8S_KUBECTL ?? "", args, { encoding: "utf8", input })

const container = {
  name: "main",
  image: "registry.example.com/private-image:1",
  command: ["private-command"],
  env: [
    { name: "A", value: "private-value" },
    { name: "B", valueFrom: { secretKeyRef: { name: "private-secret", key: "password" } } }
  ]
}
const deployment = (name: string, replicas: number, cpu: string) => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name, namespace: place },
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: {
        nodeSelector: { for: place },
        containers: [{ ...container, resources: { requests: { cpu } } }]
      }
    }
  }
})
const size = { cpu: "4", memory: "8Gi", pods: "20" }
const node = {
  apiVersion: "v1",
  kind: "Node",
  metadata: { name: place, labels: { for: place, pool: place }, annotations: { "kwok.x-k8s.io/node": "fake" } },
  status: { capacity: size, allocatable: size }
}
const items = [
  { apiVersion: "v1", kind: "Namespace", metadata: { name: place } },
  node,
  {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "private-secret", namespace: place },
    stringData: { password: "private-password" }
  },
  {
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: { name: "held", namespace: place },
    spec: { minAvailable: 1, selector: { matchLabels: { app: "fits" } } }
  },
  deployment("fits", 2, "1"),
  deployment("too-large", 1, "16")
]

beforeAll(() => {
  kubectl(["apply", "-f", "-"], JSON.stringify({ apiVersion: "v1", kind: "List", items }))
  kubectl(["rollout", "status", "-n", place, "deployment/fits", "--timeout=50s"])
})
afterAll(() => {
  kubectl(["delete", "namespace", place, "--wait=false"])
  kubectl(["delete", "node", place])
})

/** What `compute import` prints, in a file. */
const imported = async (name: string, ...flags: ReadonlyArray<string>): Promise<{ text: string; file: string }> => {
  const { code, err, out } = await runCommand(["import", "--kubeconfig", kubeconfig, ...flags], {})
  expect([code, err]).toEqual([0, ""])
  const file = join(dir, name)
  writeFileSync(file, out)
  return { text: out, file }
}

it("a live cluster becomes a scenario that place takes, without what is private", { timeout: 60_000 }, async () => {
  const { file, text } = await imported("objects.yaml")
  expect(text).toContain("kind: PodDisruptionBudget")
  expect(text).not.toMatch(/private-(command|value|secret|password)/)
  const placed = await runCommand(["place", "-f", file, "-o", "json"], {})
  expect(placed.err).toBe("")
  const waiting = (JSON.parse(placed.out) as ReadonlyArray<{ readonly pod: string; readonly message?: string }>).filter(
    ({ pod }) => pod.startsWith(place)
  )
  expect(waiting.map(({ message }) => message?.includes("Insufficient cpu"))).toEqual([true])
})

it("with hashed names it names nothing of the cluster, and is placed alike", { timeout: 60_000 }, async () => {
  const { file, text } = await imported("hashed.yaml", "--hash-names")
  expect(text).not.toMatch(/fits|too-large|private|import-/)
  const placed = await runCommand(["place", "-f", file, "-o", "json"], {})
  expect([placed.code, placed.err]).toEqual([0, ""])
  expect(placed.out).toContain("Insufficient cpu")
})

it("as a fleet it is what simulate takes", { timeout: 120_000 }, async () => {
  const { file, text } = await imported("fleet.yaml", "--for", "simulate")
  expect(text).toContain(`name: ${place}`)
  const simulated = await runCommand(["simulate", file], {})
  expect([simulated.code, simulated.err]).toEqual([0, ""])
  expect(simulated.out).toContain("fits 2/2")
})
