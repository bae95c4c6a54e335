import { chmodSync, copyFileSync, mkdirSync, readdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { Report } from "./Backend.ts"
import { type Artifact, artifact, buildOnce } from "./cache.ts"
import { freePorts } from "./freePorts.ts"
import { applyFolder } from "./kubeDefinitions.ts"
import { livePid, logTail, startProcess } from "./Process.ts"
import { run } from "./run.ts"
import { waitFor } from "./waitFor.ts"

const sources = join(import.meta.dirname, "kueue")
const module = "sigs.k8s.io/kueue"

/** Kueue's controller and its definitions; `kueue/go.mod` says which version. */
const kueue = (): Artifact =>
  artifact(
    "kueue",
    ["go.mod", "go.sum"].map((name) => join(sources, name))
  )

/** Compiles Kueue's controller, once. Takes 5 to 15 minutes on two cores the first time. */
export const buildKueue = (report: Report): Promise<void> =>
  buildOnce(kueue(), "kueue", report, async (dir, step) => {
    step("compiling it (5 to 15 minutes the first time)")
    const env = { CGO_ENABLED: "0", GOFLAGS: "-mod=readonly" }
    const build = ["go", "build", "-trimpath", "-ldflags", "-s -w", "-o", join(dir, "kueue"), `${module}/cmd/kueue`]
    await run(build, { cwd: sources, env })
    const from = (await run(["go", "list", "-m", "-f", "{{.Dir}}", module], { cwd: sources })).trim()
    const bases = join(from, "config", "components", "crd", "bases")
    mkdirSync(join(dir, "crds"))
    for (const name of readdirSync(bases)) {
      copyFileSync(join(bases, name), join(dir, "crds", name))
      chmodSync(join(dir, "crds", name), 0o644)
    }
  })

/** What Kueue wants to find of its own installation. Its webhooks are none: whoever makes a job of a queue suspends it. */
const installation = JSON.stringify({
  apiVersion: "v1",
  kind: "List",
  items: [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: "kueue-system" } },
    { apiVersion: "v1", kind: "Secret", metadata: { name: "kueue-webhook-server-cert", namespace: "kueue-system" } },
    ...(["Validating", "Mutating"] as const).map((kind) => ({
      apiVersion: "admissionregistration.k8s.io/v1",
      kind: `${kind}WebhookConfiguration`,
      metadata: { name: `kueue-${kind.toLowerCase()}-webhook-configuration` },
      webhooks: []
    }))
  ]
})

const configuration = (state: string, health: number, webhook: number): string => `
apiVersion: config.kueue.x-k8s.io/v1beta1
kind: Configuration
namespace: kueue-system
health: {healthProbeBindAddress: "127.0.0.1:${health}"}
metrics: {bindAddress: "0"}
webhook: {host: "127.0.0.1", port: ${webhook}, certDir: "${state}/kueue"}
leaderElection: {leaderElect: false}
internalCertManagement: {enable: true, webhookServiceName: kueue-webhook-service, webhookSecretName: kueue-webhook-server-cert}
clientConnection: {qps: 500, burst: 1000}
integrations: {frameworks: ["batch/job"]}
`

const ready = async (state: string, port: number): Promise<string | undefined> => {
  if (livePid(state, "kueue") === undefined) return `not running\n${logTail(state, "kueue")}`
  const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined)
  return answer?.ok === true ? undefined : "not ready"
}

/** Starts Kueue beside a control plane. */
export const startKueue = async (state: string, kubectl: string): Promise<void> => {
  const [health = 0, webhook = 0] = await freePorts(2)
  await applyFolder(kubectl, join(kueue().dir, "crds"))
  mkdirSync(join(state, "kueue"), { recursive: true })
  copyFileSync(join(state, "pki", "server.crt"), join(state, "kueue", "tls.crt"))
  copyFileSync(join(state, "pki", "server.key"), join(state, "kueue", "tls.key"))
  const installed = join(state, "kueue", "installation.json")
  writeFileSync(installed, installation)
  await run([kubectl, "apply", "--server-side", "-f", installed])
  const file = join(state, "kueue.yaml")
  writeFileSync(file, configuration(state, health, webhook))
  startProcess(state, "kueue", [
    join(kueue().dir, "kueue"),
    `--config=${file}`,
    `--kubeconfig=${state}/kubeconfig`,
    "--feature-gates=VisibilityOnDemand=false"
  ])
  await waitFor("k8s: kueue", 60_000, () => ready(state, health))
}
