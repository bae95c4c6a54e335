import { execFileSync } from "node:child_process"
import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { Effect } from "effect"
import { Client } from "../src/Client.ts"
import { applyAs, config, destroyPath } from "./server.ts"

/** Where the control plane of these tests keeps its keys. */
export const pki = (file: string): string => join(dirname(config.kubeconfig), "pki", file)

const dir = mkdtempSync(join(tmpdir(), "orrery-connect-"))

/** Writes a file that only one test uses. */
export const write = (name: string, text: string, mode = 0o600): string => {
  const file = join(dir, name)
  writeFileSync(file, text)
  chmodSync(file, mode)
  return file
}

/** The address of the control plane. */
export const address = /server: "?([^",}\s]+)/.exec(readFileSync(config.kubeconfig, "utf8"))?.[1] ?? ""

const json = (value: object): string => JSON.stringify(value)

/** A kubeconfig with one context, `there`, whose cluster and user are what a test is about. */
export const kubeconfigOf = (user: object, cluster: object = {}, context: object = {}): string =>
  json({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "here", cluster: { server: address, "certificate-authority": pki("ca.crt"), ...cluster } }],
    users: [{ name: "me", user }],
    contexts: [{ name: "there", context: { cluster: "here", user: "me", ...context } }],
    "current-context": "there"
  })

const accounts = "/api/v1/namespaces/default/serviceaccounts"
const test = { operation: "test", kind: "service account" }

/** A service account of the real server, and a token for it that dies with it. */
export const makeAccount = Effect.fnUntraced(function* (name: string) {
  const client = yield* Client
  yield* applyAs("test", `${accounts}/${name}`, { apiVersion: "v1", kind: "ServiceAccount", metadata: { name } })
  const made = yield* client.request<{ readonly status: { readonly token: string } }>({
    ...test,
    name,
    method: "POST",
    path: `${accounts}/${name}/token`,
    body: { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: { expirationSeconds: 3600 } }
  })
  return made.status.token
})

/** Takes an account away, and with it its tokens. The server remembers a good token for ten seconds. */
export const removeAccount = (name: string) =>
  Effect.andThen(destroyPath(`${accounts}/${name}`), Effect.sleep("11 seconds"))

/** Lets an account do some things in one namespace, through a real role. */
export const permit = Effect.fnUntraced(function* (account: string, rules: ReadonlyArray<object>) {
  const rbac = "/apis/rbac.authorization.k8s.io/v1/namespaces/default"
  const api = "rbac.authorization.k8s.io"
  yield* applyAs("test", `${rbac}/roles/${account}`, {
    apiVersion: `${api}/v1`,
    kind: "Role",
    metadata: { name: account },
    rules
  })
  yield* applyAs("test", `${rbac}/rolebindings/${account}`, {
    apiVersion: `${api}/v1`,
    kind: "RoleBinding",
    metadata: { name: account },
    roleRef: { apiGroup: api, kind: "Role", name: account },
    subjects: [{ kind: "ServiceAccount", name: account, namespace: "default" }]
  })
})

/** Runs a script of this package in another process, as a pod would see its files: in a mount namespace of its own. */
export const asPod = (files: Readonly<Record<string, string>>, script: string): string => {
  const account = "/run/secrets/kubernetes.io/serviceaccount"
  const links = Object.entries(files).map(([name, from]) => `cp '${from}' ${account}/${name}`)
  const { hostname, port } = new URL(address)
  const lines = ["set -e", "mount --make-rprivate /", "mount -t tmpfs tmpfs /run", `mkdir -p ${account}`, ...links]
  const node = `'${process.execPath}' --conditions=@orrery/source --input-type=module -e "$0"`
  return execFileSync("unshare", ["--mount", "sh", "-c", [...lines, `exec ${node}`].join("\n"), script], {
    encoding: "utf8",
    cwd: join(import.meta.dirname, ".."),
    env: {
      PATH: process.env.PATH,
      HOME: "/nowhere",
      KUBERNETES_SERVICE_HOST: hostname,
      KUBERNETES_SERVICE_PORT: port
    }
  })
}
