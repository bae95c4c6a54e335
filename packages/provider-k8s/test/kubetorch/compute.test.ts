import { execFileSync } from "node:child_process"
import { parseQuantity } from "@orrery/core"
import { Redacted, Result } from "effect"
import { describe, expect, it } from "vitest"
import {
  Compute,
  type ComputeOptions,
  companionsOf,
  defaultLogging,
  fromManifest,
  Image,
  images,
  inSurroundings,
  type Manifest,
  readManifest,
  Secret,
  type SecretProvider,
  secretProviders,
  serviceNameOf,
  sharedStorageClass,
  shownLine,
  toManifest,
  uploadsOf,
  Volume,
  warningsOf
} from "../../src/kubetorch/index.ts"

const manifest = (options: Partial<ComputeOptions>): Manifest =>
  Result.getOrThrow(toManifest({ name: "it", ...options }))
const container = (options: Partial<ComputeOptions>): Record<string, unknown> =>
  (readManifest(manifest(options)).podSpec.containers as ReadonlyArray<Record<string, unknown>>)[0] ?? {}
const script = (options: Partial<ComputeOptions>): string => (container(options).args as ReadonlyArray<string>)[0] ?? ""
const problems = (options: Partial<ComputeOptions>): ReadonlyArray<string> => {
  const result = toManifest({ name: "it", ...options })
  if (Result.isSuccess(result)) return []
  const { reason } = result.failure
  return reason._tag === "InvalidInput" ? reason.problems.map(({ path }) => path) : []
}

/** What a real shell makes of a service's variables, after Kubernetes has read the manifest. */
const inShell = (envVars: Readonly<Record<string, string>>, name: string): string => {
  const written = script({ envVars }).replaceAll("$$", "$")
  const lines = written.split("\nexec ")[0] ?? ""
  return execFileSync("bash", ["-c", `${lines}\nprintf %s "$${name}"`], {
    encoding: "utf8",
    env: { PATH: "/usr/bin:/bin", HOME: "/home/it" }
  })
}

describe("variables", () => {
  it("a variable that names others is expanded where the image's own are known [K26]", () => {
    expect(inShell({ PATH: "$PATH:/custom/bin" }, "PATH")).toBe("/usr/bin:/bin:/custom/bin")
    expect(inShell({ DATA: `\${HOME}/data`, DEEP: "$DATA/deep" }, "DEEP")).toBe("/home/it/data/deep")
  })
  it("a name that is set nowhere stays as it is written, and a value runs nothing [K26]", () => {
    expect(inShell({ A: `$NOWHERE and \${NOWHERE}` }, "A")).toBe(`$NOWHERE and \${NOWHERE}`)
    expect(inShell({ A: '$HOME $(echo run) `echo run` "it\'s" \\$HOME\nend' }, "A")).toBe(
      '/home/it $(echo run) `echo run` "it\'s" $HOME\nend'
    )
  })
  it("other values arrive as they are, whatever Kubernetes would make of them [K25]", () => {
    expect(container({ envVars: { A: "$(HOME) 5$ ü\n'", B: "\\$HOME" } }).env).toEqual(
      expect.arrayContaining([
        { name: "A", value: "$$(HOME) 5$ ü\n'" },
        { name: "B", value: "$HOME" }
      ])
    )
  })
})

describe("images", () => {
  it("presets are bases, and no image is the server's own [K20 K21 K22 K23 K24]", () => {
    expect(container({}).image).toBe("ghcr.io/run-house/server:v3")
    expect(container({ image: images.Debian() }).image).toBe("ghcr.io/run-house/server:v3")
    expect(container({ image: images.Python312() }).image).toBe("python:3.12-slim")
    expect(container({ image: images.pytorch() }).image).toBe("nvcr.io/nvidia/pytorch:23.12-py3")
    expect(container({ image: Image.fromDocker("a.example:5000/b:1") }).image).toBe("a.example:5000/b:1")
    expect(problems({ image: Image.fromDocker("NOT an image") })).toEqual(["image"])
  })
  it("layers are done in order when the container starts, and a version bound is no redirection [K22]", () => {
    const base = images.Python312()
    const image = base.pipInstall(["numpy>=1.20"]).setEnvVars({ A: "1" }).runBash("apt-get update")
    expect(base.layers).toEqual([])
    expect(script({ image }).split("\n")).toEqual([
      "set -e",
      `\${KT_PIP_INSTALL_CMD:-python -m pip install} 'numpy>=1.20'`,
      "export A='1'",
      "apt-get update",
      "exec kubetorch server start --port 32300"
    ])
  })
})

describe("secrets and volumes", () => {
  const value = "s3cr3t-value"
  it("values of secrets are in no manifest, message or print; only in what is uploaded [K27]", () => {
    const values = { HF_TOKEN: Redacted.make(value) }
    const options = { name: "it", secrets: [Secret.fromProvider("huggingface", { values }), "mine"] }
    expect(JSON.stringify([manifest(options), companionsOf(options), uploadsOf(options), options])).not.toContain(value)
    expect(String(Result.isFailure(toManifest({ ...options, cpus: "many" })))).toBe("true")
    expect(JSON.stringify(toManifest({ ...options, cpus: "many" }))).not.toContain(value)
    expect(uploadsOf(options).map(Redacted.value)).toMatchObject([{ kind: "Secret", stringData: { HF_TOKEN: value } }])
    expect(container(options).envFrom).toEqual([{ secretRef: { name: "mine" } }])
  })
  for (const provider of Object.keys(secretProviders) as ReadonlyArray<SecretProvider>)
    it(`${provider} is used as variables or as read-only files [K28]`, () => {
      const secret = Secret.fromProvider(provider)
      const { env, volumeMounts } = container({ secrets: [secret] })
      for (const key of secret.env ?? [])
        expect(env).toContainEqual({ name: key, valueFrom: { secretKeyRef: { name: provider, key } } })
      if (secret.mountPath !== undefined)
        expect(volumeMounts).toContainEqual({
          name: `secret-${provider}`,
          mountPath: secret.mountPath,
          readOnly: true
        })
      expect((secret.env?.length ?? 0) + (secret.mountPath === undefined ? 0 : 1)).toBeGreaterThan(0)
    })
  it("volumes: a claim by name, one that is made, one that says where it is mounted [K29 K30 K31]", () => {
    const volumes = ["data", { name: "scratch", size: "50Gi", mountPath: "/scratch" }]
    expect(container({ volumes }).volumeMounts).toEqual(
      expect.arrayContaining([
        { name: "data", mountPath: "/ktfs/data" },
        { name: "scratch", mountPath: "/scratch" }
      ])
    )
    const claims = companionsOf({ name: "it", volumes }).filter(({ kind }) => kind === "PersistentVolumeClaim")
    expect(claims).toMatchObject([
      {
        metadata: { name: "scratch", annotations: { "kubetorch.com/mount-path": "/scratch" } },
        spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "50Gi" } } }
      }
    ])
    const metadata = { name: "data", annotations: { "kubetorch.com/mount-path": "/mnt/data" } }
    expect(Volume.fromClaim({ kind: "PersistentVolumeClaim", metadata })).toEqual({
      name: "data",
      mountPath: "/mnt/data"
    })
    expect(problems({ volumes: [Volume.fromName("data", { mountPath: "data" })] })).toEqual(["volumes.data.mountPath"])
  })
  it("storage that many may write needs a class that can [K30]", () => {
    const one = (name: string, provisioner: string) => ({ metadata: { name }, provisioner })
    expect(sharedStorageClass([one("disk", "ebs.csi.aws.com"), one("nfs", "nfs.csi.k8s.io")])).toBe("nfs")
    expect(sharedStorageClass([one("disk", "ebs.csi.aws.com")])).toBeUndefined()
  })
})

describe("what surrounds a service", () => {
  it("namespace: said, variable, file, context, default [K11]", () => {
    const all = { env: { KT_NAMESPACE: "var" }, config: { namespace: "file" }, contextNamespace: "context" }
    const namespace = (said: Partial<ComputeOptions>, surroundings: Parameters<typeof inSurroundings>[1]) =>
      inSurroundings({ name: "it", ...said }, surroundings).namespace
    expect(namespace({ namespace: "said" }, all)).toBe("said")
    expect(namespace({}, all)).toBe("var")
    expect(namespace({}, { ...all, env: {} })).toBe("file")
    expect(namespace({}, { env: {}, contextNamespace: "context" })).toBe("context")
    expect(namespace({}, { env: {} })).toBe("default")
  })
  it("variables fill what was left out [K33 K40 K42 K44 K51 K52]", () => {
    const env = {
      KT_QUEUE: "q",
      KT_LAUNCH_TIMEOUT: "60",
      KT_GPU_ANTI_AFFINITY: "True",
      KT_LOG_LEVEL: "debug",
      KT_ALLOWED_SERIALIZATION: "json,pickle",
      KUBECONFIG: "~/.kube/mine",
      HOME: "/home/it"
    }
    expect(inSurroundings({ name: "it" }, { env })).toMatchObject({
      queue: "q",
      launchTimeoutSeconds: 60,
      gpuAntiAffinity: true,
      loggingConfig: { level: "debug" },
      allowedSerialization: ["json", "pickle"],
      kubeconfigPath: "/home/it/.kube/mine"
    })
    expect(problems(inSurroundings({ name: "it" }, { env: { KT_LAUNCH_TIMEOUT: "soon" } }))).toEqual([
      "launchTimeoutSeconds"
    ])
  })
  it("a service is called after who and what [K53]", () => {
    expect(serviceNameOf("Yourname", "my_function")).toBe("yourname-my-function")
  })
  it("logs show what they were told to [K43 K44 K45 K48]", () => {
    const line = { logger: "app", level: "info", text: "hello" }
    expect(shownLine(defaultLogging, "svc", line)).toBe("(svc) hello")
    expect(shownLine({ ...defaultLogging, includeName: false }, "svc", line)).toBe("hello")
    expect(shownLine(defaultLogging, "svc", { ...line, level: "debug" })).toBeUndefined()
    expect(shownLine(defaultLogging, "svc", { ...line, logger: "uvicorn.access" })).toBeUndefined()
    expect(shownLine({ ...defaultLogging, streamLogs: false }, "svc", line)).toBeUndefined()
  })
  it("log times are what the page says [K46 K47 K49 K50]", () => {
    expect(defaultLogging).toMatchObject({
      includeEvents: true,
      gracePeriod: 2,
      pollTimeout: 1,
      gracePollTimeout: 0.5,
      shutdownGracePeriod: 0
    })
  })
})

describe("builder and manifests", () => {
  it("a short time to live is a warning, and so are needs that Knative may not know [K38 K39]", () => {
    expect(warningsOf({ name: "it", inactivityTtl: "30s" })).toHaveLength(3)
    expect(warningsOf({ name: "it", inactivityTtl: "30m" })).toHaveLength(2)
    expect(warningsOf({ name: "it", autoscale: {}, gpus: 1 })).toHaveLength(1)
    expect(warningsOf({ name: "it", autoscale: {} })).toEqual([])
    expect(manifest({ inactivityTtl: "30m" })).toMatchObject({
      metadata: { annotations: { "kubetorch.com/inactivity-ttl": "30m" } }
    })
    expect(container({ inactivityTtl: "30m" }).env).toContainEqual({ name: "KT_INACTIVITY_TTL", value: "30m" })
  })
  it("4096Mi is 4Gi, 4G is less, and each is written as it was given [K2 K3]", () => {
    const bytes = (written: string) => Result.getOrThrow(parseQuantity(written, 1))
    expect(bytes("4096Mi")).toBe(bytes("4Gi"))
    expect(bytes("4G")).toBeLessThan(bytes("4Gi"))
    expect(container({ memory: "4096Mi" }).resources).toEqual({ requests: { memory: "4096Mi" } })
    expect(problems({ memory: "4gi" })).toEqual(["memory"])
  })
  it("who pods run as, and when images are pulled [K18 K41]", () => {
    expect(readManifest(manifest({})).podSpec.serviceAccountName).toBe("kubetorch-service-account")
    expect(readManifest(manifest({ serviceAccountName: "mine" })).podSpec.serviceAccountName).toBe("mine")
    expect(container({ imagePullPolicy: "Never" }).imagePullPolicy).toBe("Never")
  })
  it("all that was said is read back from the live manifest [K54 K58 K61]", () => {
    const distribute = { workers: 4, quorumTimeout: 60, monitorMembers: true, distributionArgs: { num_proc: 2 } }
    const live = manifest({ namespace: "ml", diskSize: "10Gi", distribute })
    expect(readManifest(live)).toMatchObject({
      namespace: "ml",
      diskSize: "10Gi",
      replicas: 4,
      manifest: live,
      distributedConfig: {
        distribution_type: "spmd",
        workers: 4,
        quorum_timeout: 60,
        monitor_members: true,
        num_proc: 2
      }
    })
  })
  it("a variable is set once [K25 K27]", () => {
    expect(problems({ envVars: { KT_FREEZE: "no" } })).toEqual(["envVars.KT_FREEZE"])
    expect(problems({ envVars: { HF_TOKEN: "x" }, secrets: [Secret.fromProvider("huggingface")] })).toEqual([
      "envVars.HF_TOKEN"
    ])
  })
  it("every step gives a new builder [K62 K64]", () => {
    const first = Compute.new({ name: "it", gpus: 1 })
    const ray = first.distribute({ distributionType: "ray", workers: 3 })
    expect(first.options).toEqual({ name: "it", gpus: 1 })
    expect(Result.getOrThrow(ray.manifest())).toMatchObject({ kind: "RayCluster" })
    expect(Compute.fromTemplate({ resource: Result.getOrThrow(ray.manifest()) })).toMatchObject({
      deploymentMode: "raycluster",
      replicas: 3,
      distributedConfig: { distribution_type: "ray", workers: 3 }
    })
  })
  it("the page's names of autoscaling settings are settings; unknown ones and doubles are refused [K64 K65]", () => {
    const autoscale = { minReplicas: 0, maxReplicas: 10, targetConcurrency: 5 }
    expect(readManifest(manifest({ autoscale })).autoscaling).toMatchObject({ minScale: 0, maxScale: 10, target: 5 })
    const wrong = { minScale: 1, minReplicas: 2, minimum: 1 }
    expect(problems({ autoscale: wrong })).toEqual(["autoscale.minimum", "autoscale.minReplicas"])
  })
  it("the training operator finds the container it looks for [K81]", () => {
    const names = (["PyTorchJob", "TFJob", "MXJob", "XGBoostJob"] as const).map((kind) => {
      const { podSpec } = readManifest(Result.getOrThrow(toManifest({ name: "it" }, kind)))
      return (podSpec.containers as ReadonlyArray<{ readonly name: string }>)[0]?.name
    })
    expect(names).toEqual(["pytorch", "tensorflow", "mxnet", "xgboost"])
  })
  it("labels say who, what and which kind; the kind is on the manifest only [K12 K14]", () => {
    const made = manifest({ username: "me", version: "0.4.0", labels: { user: "alice" }, annotations: { a: "b" } })
    const shared = { user: "alice", "kubetorch.com/username": "me", "kubetorch.com/version": "0.4.0" }
    expect(made).toMatchObject({
      metadata: { labels: { ...shared, "kubetorch.com/template": "deployment" }, annotations: { a: "b" } },
      spec: { template: { metadata: { labels: shared, annotations: { a: "b" } } } }
    })
    expect(JSON.stringify(made).match(/kubetorch.com\/template/g)).toHaveLength(1)
    expect(problems({ labels: { "kubetorch.com/service": "other" } })).toEqual(["labels.kubetorch.com/service"])
  })
  it("tolerations that a server refuses are refused, each with its place [K16]", () => {
    const tolerations = [{ operator: "Exists", key: "a", value: "b", effect: "Never", tolerationSeconds: 3 }] as const
    expect(problems({ tolerations })).toEqual([
      "tolerations.0.value",
      "tolerations.0.effect",
      "tolerations.0.tolerationSeconds"
    ])
  })
  it("a share of a GPU is scheduled by KAI and tolerates GPU nodes; two queues are one too many [K7 K17 K33 K34]", () => {
    const { podSpec } = readManifest(manifest({ gpuFraction: 0.5 }))
    expect(podSpec).toMatchObject({ schedulerName: "kai-scheduler" })
    expect(podSpec.tolerations).toHaveLength(2)
    expect(problems({ queue: "a", queueName: "b" })).toEqual(["queueName"])
  })
  it("calls reach every pod by one address; workers have addresses of their own; Ray's head answers alone [K55 K62]", () => {
    expect(companionsOf({ name: "it", distribute: { distributionType: "ray", workers: 2 } })).toMatchObject([
      { metadata: { name: "it" }, spec: { selector: { "ray.io/node-type": "head" }, ports: [{ port: 80 }] } },
      { metadata: { name: "it-headless" }, spec: { clusterIP: "None", publishNotReadyAddresses: true } }
    ])
    expect(readManifest(manifest({ namespace: "ml" })).endpoint).toBe("http://it.ml.svc.cluster.local")
    const knative = { ...manifest({ autoscale: {} }), status: { url: "http://it.example.com" } }
    expect(readManifest(knative).endpoint).toBe("http://it.example.com")
  })
  it("somebody's own manifest, its image, its place, or only a selector [K75 K77]", () => {
    const template = { metadata: { labels: { app: "x" } }, spec: { containers: [{ name: "x", image: "old:1" }] } }
    const own = { kind: "Rollout", metadata: { name: "x", namespace: "ml" }, spec: { deep: { template } } }
    const brought = Result.getOrThrow(
      fromManifest(own, { podTemplatePath: ["spec", "deep", "template"], image: "new:2" })
    )
    expect(brought).toMatchObject({ selector: { app: "x" }, endpoint: "http://x.ml.svc.cluster.local" })
    expect(JSON.stringify(brought.manifest)).toContain("new:2")
    expect(JSON.stringify(own)).toContain("old:1")
    expect(fromManifest(undefined, { selector: { app: "x" } })).toMatchObject({ success: { selector: { app: "x" } } })
    const wrong = fromManifest(own, { image: "NOT ok" })
    expect(Result.isFailure(wrong) ? wrong.failure.map(({ path }) => path) : []).toEqual([
      "selector",
      "podTemplatePath",
      "image"
    ])
  })
})
