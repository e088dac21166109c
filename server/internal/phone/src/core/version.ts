// Version of the app, sent with each sync so that support knows what a phone runs.
export const version = "1.0.0";
