// An identity provider on this machine, for tests: npm's oidc-provider with one
// client and no password. Whoever is asked to sign in answers with the address
//
//   /interaction/<uid>?as=<subject>&amr=<value>&acr=<value>
//
// It prints its address and lives until its standard input ends.
//
//   node provider.mjs CLIENT SECRET REDIRECT [ISSUER]
//
// ISSUER is an address of this machine with its port; default one that is free.
import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import Provider from "oidc-provider";

const [client, secret, redirect, named] = process.argv.slice(2);
const server = createServer().listen(named ? new URL(named).port : 0, "127.0.0.1", () => {
  const issuer = named ?? `http://127.0.0.1:${server.address().port}`;
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const provider = new Provider(issuer, {
    clients: [{ client_id: client, client_secret: secret, redirect_uris: [redirect], grant_types: ["authorization_code"], response_types: ["code"] }],
    jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), kid: "one", alg: "RS256", use: "sig" }] },
    cookies: { keys: ["for tests"] },
    claims: { openid: ["sub", "acr", "amr"] },
    conformIdTokenClaims: false,
    acrValues: ["high"],
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub }) }),
    // Nobody is asked whether he agrees: a province has agreed for its officers.
    async loadExistingGrant({ oidc }) {
      const grant = new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
      grant.addOIDCScope("openid");
      await grant.save();
      return grant;
    },
  });
  const answer = provider.callback();
  server.on("request", (req, res) => {
    const url = new URL(req.url, issuer);
    if (!url.pathname.startsWith("/interaction/")) return answer(req, res);
    if (!url.searchParams.has("as")) {
      res.setHeader("Content-Type", "text/html; charset=utf-8");
      return res.end('<!doctype html><link rel="icon" href="data:,"><title>Tài khoản của tỉnh (thử)</title><form><input name="as" autofocus><button>Đăng nhập</button></form>');
    }
    const of = (name) => url.searchParams.get(name) ?? undefined;
    const login = { accountId: of("as"), amr: of("amr") ? [of("amr")] : undefined, acr: of("acr") };
    provider.interactionFinished(req, res, of("as") ? { login } : { error: "access_denied" }).catch((e) => res.writeHead(400).end(String(e)));
  });
  console.log(issuer);
});
process.stdin.resume().on("end", () => process.exit(0));
