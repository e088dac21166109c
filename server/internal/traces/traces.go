package traces

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

const (
	exportTimeout = 5 * time.Second // of one batch
	closeTimeout  = 2 * time.Second // a stop does not wait longer for a collector
)

// Config of Traces.
type Config struct {
	To      string  // base address of a collector, as http://127.0.0.1:4318
	Share   float64 // of requests that are traced, above 0 and up to 1
	Version string  // of the program
	Log     *slog.Logger
}

// Traces makes spans and sends them.
type Traces struct {
	provider *sdk.TracerProvider
	tracer   trace.Tracer
}

// Check says in one sentence what is wrong with the settings.
func (c Config) Check() error {
	u, err := url.Parse(c.To)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" {
		return fmt.Errorf("traces-to %q is no address such as http://127.0.0.1:4318", c.To)
	}
	return CheckShare(c.Share)
}

// CheckShare says whether a share of the requests can be traced.
func CheckShare(share float64) error {
	if !(share > 0 && share <= 1) {
		return errors.New("traces-share is above 0 and at most 1")
	}
	return nil
}

// Open starts sending. It doesn't wait for the collector.
func Open(ctx context.Context, c Config) (*Traces, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	base, err := url.Parse(c.To)
	if err != nil {
		return nil, err
	}
	to, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(base.JoinPath("v1/traces").String()), otlptracehttp.WithTimeout(exportTimeout),
		otlptracehttp.WithRetry(otlptracehttp.RetryConfig{}))
	if err != nil {
		return nil, fmt.Errorf("traces-to: %w", err)
	}
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { c.Log.Warn("traces were not sent", "error", err) }))
	// Not the resource that the library detects: it names the machine.
	what := resource.NewSchemaless(attribute.String("service.name", "banso"), attribute.String("service.version", c.Version))
	p := sdk.NewTracerProvider(sdk.WithBatcher(to), sdk.WithResource(what), sdk.WithSampler(sdk.ParentBased(sdk.TraceIDRatioBased(c.Share))))
	return &Traces{provider: p, tracer: p.Tracer("banso")}, nil
}

// Request begins the span of a request and returns what ends it.
func (t *Traces) Request(ctx context.Context, id, method, route string) (context.Context, func(status int)) {
	ctx, span := t.tracer.Start(ctx, method+" "+route, trace.WithNewRoot(), trace.WithSpanKind(trace.SpanKindServer),
		trace.WithAttributes(attribute.String("http.request.method", method), attribute.String("http.route", route), attribute.String("request_id", id)))
	return ctx, func(status int) {
		span.SetAttributes(attribute.Int("http.response.status_code", status))
		if status >= 500 {
			span.SetStatus(codes.Error, "")
		}
		span.End()
	}
}

// Close sends what waits, for two seconds at most. nil was never opened.
func (t *Traces) Close(ctx context.Context) {
	if t == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, closeTimeout)
	defer cancel()
	_ = t.provider.Shutdown(ctx) // told by the error handler; a stop goes on
}

// end closes a span; of an error only that there was one: its text may hold
// anything.
func end(span trace.Span, err error) {
	if err != nil {
		span.SetStatus(codes.Error, "")
	}
	span.End()
}
