/** Unpacks Chromium, its libraries and fonts beside the manifest, by the package's own reader of its archives. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";

const here = import.meta.dirname ?? process.cwd();
// The package unpacks into the folder for temporary files.
process.env["TMPDIR"] = here;
const { inflate } = await import("@sparticuz/chromium");

const archives = join(here, "node_modules", "@sparticuz", "chromium", "bin");
for (const name of ["chromium.br", "al2023.tar.br", "fonts.tar.br"]) await inflate(join(archives, name));

writeFileSync(
  join(here, "fonts", "fonts.conf"),
  `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir prefix="relative">fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
`,
);
