package traces

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"github.com/banso/banso/server/internal/notify"
	"github.com/banso/banso/server/internal/store"
)

// Store shows the transactions of a store. nil shows nothing.
func (t *Traces) Store(st store.Store) store.Store {
	if t == nil {
		return st
	}
	return &shownStore{st, t.tracer}
}

type shownStore struct {
	store.Store
	tracer trace.Tracer
}

// View implements store.Store.
func (s *shownStore) View(ctx context.Context, fn func(store.Reader) error) error {
	ctx, span := s.tracer.Start(ctx, "read")
	err := s.Store.View(ctx, fn)
	end(span, err)
	return err
}

// Update implements store.Store.
func (s *shownStore) Update(ctx context.Context, fn func(store.Tx) error) error {
	ctx, span := s.tracer.Start(ctx, "write")
	err := s.Store.Update(ctx, func(tx store.Tx) error {
		_, inside := s.tracer.Start(ctx, "decide")
		err := fn(tx)
		end(inside, err)
		return err
	})
	end(span, err)
	return err
}

// Channel shows what is handed to a push service. nil shows nothing.
func (t *Traces) Channel(c notify.Channel) notify.Channel {
	if t == nil {
		return c
	}
	return &shownChannel{c, t.tracer}
}

type shownChannel struct {
	notify.Channel
	tracer trace.Tracer
}

// Send implements notify.Channel.
func (c *shownChannel) Send(ctx context.Context, list []notify.Message) []notify.Outcome {
	ctx, span := c.tracer.Start(ctx, "push "+c.Name(), trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(attribute.Int("messages", len(list))))
	defer span.End()
	out := c.Channel.Send(ctx, list)
	fates := map[string]int{}
	for _, o := range out {
		fates[o.Fate.String()]++
	}
	for fate, n := range fates {
		span.SetAttributes(attribute.Int("messages."+fate, n))
	}
	return out
}
