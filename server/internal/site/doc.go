// Package site serves a front end that was built and committed: the phone app
// and the console. No build tool is needed to run the server.
//
// Files have stable names on disk and in their texts. When a Site is made, each
// one but the doors (index.html, sw.js, the manifest) gets a name with its hash
// below Base+"a/", and the doors' texts are changed to name those. Hashed names
// are immutable for browsers; what the bundler named by its content (the folder
// c/, screens that are loaded when opened) keeps that name there. Doors carry an ETag and
// are asked for each time.
//
// A service worker (sw.js) is told by its first line which files make up this
// version: self.banso = {version, files}. Any change of any file changes that
// line, so browsers notice every new version by the worker alone.
//
// All answers carry a content security policy without unsafe-inline. A Site
// answers GET and HEAD of its own paths; everything else goes to the handler
// behind it.
package site
