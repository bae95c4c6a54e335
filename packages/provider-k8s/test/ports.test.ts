import { Deployment, within } from "@orrery/core"
import { Schema } from "effect"
import { expect, it } from "vitest"
import { fromDeployment, toDeployment } from "../src/translate/deployment.ts"

it("a port goes to the manifest with its name, number and protocol, and comes back [R52 R53 R54]", () => {
  const ports = [
    { name: "http", containerPort: 8080, protocol: "TCP" as const },
    { name: "dns", containerPort: 53, protocol: "UDP" as const }
  ]
  const spec = within("default")(
    Schema.decodeSync(Deployment)({
      name: "web",
      selector: { matchLabels: { app: "web" } },
      template: { labels: { app: "web" }, spec: { containers: [{ name: "web", image: "web:1", ports }] } }
    })
  )
  const manifest = toDeployment(spec)
  expect(manifest.spec?.template.spec?.containers[0]?.ports).toEqual(ports)
  expect(fromDeployment(JSON.parse(JSON.stringify(manifest)))).toEqual(spec)
})
