// The context documents that Fedify ships, by URL, for judges that fetch nothing.

import { preloadedContexts } from "@fedify/vocab-runtime";

process.stdout.write(JSON.stringify(preloadedContexts));
