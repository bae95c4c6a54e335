import { execFileSync } from "node:child_process"
import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import { setTimeout as sleep } from "node:timers/promises"
import { gzipSync } from "node:zlib"
import { tarEntry, tarFile } from "./tar.ts"

// registry.ts PORT BUSYBOX: a read-only image registry for every host that a client asks us for.
// `busybox` runs sh and `pause` sleeps, tag 1 or latest; the rest is not found. Of a name's first part, `private` wants
// user:secret, `slow` waits ten seconds and `broken` answers 500.
const [port = "", busybox = ""] = process.argv.slice(2)
const commands: Readonly<Record<string, ReadonlyArray<string>>> = { busybox: ["sh"], pause: ["sleep", "inf"] }
const oci = "application/vnd.oci.image."

const layer = (): Buffer => {
  const dirs = ["bin", "etc", "proc", "sys", "dev", "root", "usr", "usr/bin", "var", "www"]
  const applets = execFileSync(busybox, ["--list"], { encoding: "utf8" }).split("\n")
  return tarFile([
    ...dirs.map((name) => tarEntry({ name, kind: "dir", mode: 0o755 })),
    tarEntry({ name: "tmp", kind: "dir", mode: 0o1777 }),
    tarEntry({ name: "bin/busybox", kind: "file", mode: 0o755, data: readFileSync(busybox) }),
    ...applets
      .filter((name) => name !== "" && name !== "busybox")
      .map((name) => tarEntry({ name: `bin/${name}`, kind: "link", mode: 0o777, target: "busybox" })),
    tarEntry({ name: "usr/bin/env", kind: "link", mode: 0o777, target: "/bin/env" }),
    tarEntry({
      name: "etc/passwd",
      kind: "file",
      mode: 0o644,
      data: Buffer.from("root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n")
    }),
    tarEntry({ name: "etc/group", kind: "file", mode: 0o644, data: Buffer.from("root:x:0:\nnogroup:x:65534:\n") }),
    tarEntry({ name: "www/index.html", kind: "file", mode: 0o644, data: Buffer.from("hello\n") })
  ])
}

const digestOf = (data: Buffer): string => `sha256:${createHash("sha256").update(data).digest("hex")}`
const blobs = new Map<string, { readonly type: string; readonly data: Buffer }>()

const put = (type: string, data: Buffer) => {
  const digest = digestOf(data)
  blobs.set(digest, { type: oci + type, data })
  return { mediaType: oci + type, digest, size: data.length }
}
const putJson = (type: string, value: unknown) => put(type, Buffer.from(JSON.stringify(value)))

const plain = layer()
const files = put("layer.v1.tar+gzip", gzipSync(plain, { level: 1 }))

/** An image of its own for each name, by a label: clients would take equal digests for one image. */
const manifestDigest = (name: string): string | undefined => {
  const Cmd = commands[name.split("/").at(-1) ?? ""]
  if (Cmd === undefined) return undefined
  const config = putJson("config.v1+json", {
    architecture: process.arch === "x64" ? "amd64" : process.arch,
    os: "linux",
    config: { Cmd, Env: ["PATH=/bin"], Labels: { name } },
    rootfs: { type: "layers", diff_ids: [digestOf(plain)] }
  })
  const mediaType = `${oci}manifest.v1+json`
  return putJson("manifest.v1+json", { schemaVersion: 2, mediaType, config, layers: [files] }).digest
}

const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const path = (request.url ?? "").split("?")[0]?.split("/").filter(Boolean) ?? []
  if (path.length < 4) return void response.writeHead(200).end()
  const [, first] = path
  const kind = path.at(-2)
  const wanted = path.at(-1) ?? ""
  const password = `Basic ${Buffer.from("user:secret").toString("base64")}`
  if (first === "private" && request.headers.authorization !== password)
    return void response.writeHead(401, { "WWW-Authenticate": 'Basic realm="test"' }).end()
  if (first === "broken") return void response.writeHead(500).end()
  if (first === "slow" && kind === "manifests") await sleep(10_000)
  const isTag = kind === "manifests" && (wanted === "1" || wanted === "latest")
  const digest = isTag ? manifestDigest(path.slice(1, -2).join("/")) : wanted
  const blob = digest === undefined ? undefined : blobs.get(digest)
  if (blob === undefined || digest === undefined) {
    const errors = [{ code: "MANIFEST_UNKNOWN", message: "manifest unknown" }]
    return void response.writeHead(404, { "Content-Type": "application/json" }).end(JSON.stringify({ errors }))
  }
  const head = { "Content-Type": blob.type, "Content-Length": blob.data.length, "Docker-Content-Digest": digest }
  response.writeHead(200, head).end(request.method === "HEAD" ? undefined : blob.data)
}

createServer((request, response) => void answer(request, response)).listen(Number(port), "127.0.0.1")
