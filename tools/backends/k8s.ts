import { randomBytes } from "node:crypto"
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { Backend, Options } from "./Backend.ts"
import { freePorts } from "./freePorts.ts"
import {
  apiServerArgs,
  controllerArgs,
  etcdArgs,
  kwokArgs,
  type Ports,
  schedulerArgs,
  schedulerConfig
} from "./kubeArgs.ts"
import { buildKube, buildMetrics, kubeBinaries, lacksForKube } from "./kubeBinaries.ts"
import { applyDefinitions, buildDefinitions } from "./kubeDefinitions.ts"
import { buildKueue, startKueue } from "./kubeKueue.ts"
import { startMetrics } from "./kubeMetrics.ts"
import { nodeHealth, startNode, stopNode } from "./kubeNode.ts"
import { endProcess, livePid, logTail, startProcess } from "./Process.ts"
import { outcome, run } from "./run.ts"
import { buildTree, lacksForTree } from "./tree.ts"
import { waitFor } from "./waitFor.ts"

const kube = () => join(kubeBinaries().dir, "kube")
const kubectl = (state: string) => join(state, "bin", "kubectl")
const parts = [
  "kueue",
  "metrics-server",
  "kwok",
  "kube-scheduler",
  "kube-controller-manager",
  "kube-apiserver",
  "etcd"
] as const

const optionalParts: ReadonlyArray<string> = parts.slice(2, 5)
const additions: ReadonlyArray<string> = ["kubelet", "metrics", "kueue", "definitions"]

/** Who calls the API server, by which name and group. */
const users = {
  admin: ["admin", "system:masters"],
  kwok: ["kwok", "system:masters"],
  metrics: ["metrics", "system:masters"],
  scheduler: ["system:kube-scheduler", ""],
  controllers: ["system:kube-controller-manager", ""],
  kubelet: ["system:node:real", "system:nodes"]
} as const

const kubeconfig = (state: string, port: number, user: string, token: string): string => `apiVersion: v1
kind: Config
clusters: [{name: test, cluster: {server: "https://127.0.0.1:${port}", certificate-authority: "${state}/pki/ca.crt"}}]
users: [{name: "${user}", user: {token: "${token}"}}]
contexts: [{name: test, context: {cluster: test, user: "${user}"}}]
current-context: test
`

const prepare = async (state: string, ports: Ports): Promise<void> => {
  for (const dir of ["bin", "etcd", "pki"]) mkdirSync(join(state, dir), { recursive: true })
  chmodSync(join(state, "etcd"), 0o700)
  await run([kube(), "certificates", join(state, "pki")])
  const rows = Object.entries(users).map(([user, [name, group]]) => {
    const token = randomBytes(16).toString("hex")
    const file = join(state, user === "admin" ? "kubeconfig" : `${user}.kubeconfig`)
    writeFileSync(file, kubeconfig(state, ports.api, user, token), { mode: 0o600 })
    return `${token},${name},${user},"${group}"\n`
  })
  writeFileSync(join(state, "tokens.csv"), rows.join(""), { mode: 0o600 })
  const script = `#!/bin/sh\nexec '${kube()}' kubectl --kubeconfig '${state}/kubeconfig' "$@"\n`
  writeFileSync(kubectl(state), script)
  chmodSync(kubectl(state), 0o755)
}

const apiHealth = async (state: string): Promise<string | undefined> => {
  if (livePid(state, "kube-apiserver") === undefined) return `not running\n${logTail(state, "kube-apiserver")}`
  const answer = await outcome([kubectl(state), "--request-timeout", "5s", "get", "--raw", "/readyz"])
  return answer.code === 0 ? undefined : `not ready: ${answer.stderr.trim()}`
}

/** Namespaces without this account refuse pods: the controllers make it a moment after they start. */
const settled = async (state: string): Promise<string | undefined> =>
  (await outcome([kubectl(state), "-n", "default", "get", "serviceaccount", "default"])).code === 0
    ? undefined
    : `without its first service account\n${logTail(state, "kube-controller-manager", 3)}`

const health = async (state: string): Promise<string | undefined> => {
  const dead = parts.find((it) => livePid(state, it) === undefined && logTail(state, it, 1) !== "")
  if (dead !== undefined) return `without ${dead}\n${logTail(state, dead)}`
  return (await apiHealth(state)) ?? (await nodeHealth(state, kubectl(state)))
}

/** kwok's own kinds say what logs, exec and usage of its pods answer. */
const applyKwokDefinitions = async (state: string): Promise<void> => {
  await run([kubectl(state), "apply", "--server-side", "-f", join(kubeBinaries().dir, "crds")])
  await run([kubectl(state), "wait", "--for", "condition=established", "--timeout", "30s", "crd", "--all"])
}

const fileText = (files: ReadonlyArray<string> | undefined): string =>
  (files ?? []).map((file) => readFileSync(file, "utf8")).join("\n")

const startParts = async (state: string, options: Options, ports: Ports): Promise<void> => {
  const without = new Set(options.without)
  for (const part of without)
    if (!optionalParts.includes(part)) throw new Error(`no part "${part}" to leave out; there are ${optionalParts}`)
  const start = (part: string, args: ReadonlyArray<string>) => {
    if (!without.has(part)) startProcess(state, part, [kube(), part, ...args])
  }
  start("etcd", etcdArgs(state, ports))
  start("kube-apiserver", [...apiServerArgs(state, ports), ...(options["apiserver-arg"] ?? [])])
  await waitFor("k8s", 60_000, () => apiHealth(state))
  start("kube-controller-manager", controllerArgs(state, ports))
  writeFileSync(join(state, "scheduler.yaml"), schedulerConfig(state) + fileText(options["scheduler-config"]))
  start("kube-scheduler", [...schedulerArgs(state, ports), ...(options["scheduler-arg"] ?? [])])
  if (!without.has("kwok")) {
    await applyKwokDefinitions(state)
    const stages = options.stages?.[0] ?? join(kubeBinaries().dir, "stages.yaml")
    startProcess(state, "kwok", [join(kubeBinaries().dir, "kwok"), ...kwokArgs(state, ports, stages)])
  }
  if (!without.has("kube-controller-manager")) await waitFor("k8s", 60_000, () => settled(state))
}

/** A whole Kubernetes control plane. Needs Go to compile it once; a node that runs pods needs root too. */
export const k8s: Backend = {
  name: "k8s",
  about: "Kubernetes 1.36 control plane, with kwok for nodes that run nothing",
  main: "kube-apiserver",
  options: {
    with: '"kubelet" adds a node, real, that runs pods (needs root); "metrics" adds the metrics server; "kueue" its queues; "definitions" the kinds of Knative, Ray and training jobs',
    without: `a part to leave out: ${optionalParts.join(", ")}`,
    "apiserver-arg": "an argument for kube-apiserver",
    "scheduler-arg": "an argument for kube-scheduler",
    "scheduler-config": "a file to add to the scheduler's configuration (profiles: ...)",
    "kubelet-config": "a file to add to the kubelet's configuration",
    stages: "a file of kwok stages instead of kwok's own"
  },
  lacks: lacksForKube,
  build: buildKube,
  start: async (state, options) => {
    const [api = 0, etcd = 0, peer = 0, scheduler = 0, controllers = 0, kwok = 0] = await freePorts(6)
    const ports = { api, etcd, peer, scheduler, controllers, kwok }
    const unknown = options.with?.find((it) => !additions.includes(it))
    if (unknown !== undefined) throw new Error(`no part "${unknown}" to add; there are ${additions}`)
    const node = options.with?.includes("kubelet") ?? false
    const metrics = options.with?.includes("metrics") ?? false
    const kueue = options.with?.includes("kueue") ?? false
    const definitions = options.with?.includes("definitions") ?? false
    const lack = node ? await lacksForTree() : undefined
    if (lack !== undefined) throw new Error(`kubelet: ${lack}`)
    const report = (line: string): void => void process.stderr.write(`${line}\n`)
    if (node) await buildTree(report)
    if (metrics) await buildMetrics(report)
    if (kueue) await buildKueue(report)
    if (definitions) await buildDefinitions(report)
    await prepare(state, ports)
    await startParts(state, options, ports)
    if (node) await startNode(state, kubectl(state), fileText(options["kubelet-config"]))
    if (metrics) await startMetrics(state, kubectl(state))
    if (definitions) await applyDefinitions(kubectl(state))
    if (kueue) await startKueue(state, kubectl(state))
    return {
      endpoint: `https://127.0.0.1:${api}`,
      env: { ORRERY_K8S_KUBECONFIG: join(state, "kubeconfig"), ORRERY_K8S_KUBECTL: kubectl(state) }
    }
  },
  health,
  stop: async (state) => {
    await stopNode(state)
    for (const part of parts) await endProcess(state, part)
  }
}
