package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/spf13/cobra"

	"github.com/banso/banso/admin/client"
)

// shard is a province's server, read with an API token of its own.
type shard struct {
	Name  string `json:"name"`
	URL   string `json:"url"`
	Token string `json:"token"`
}

// provinceFigures are the activities of a province by state, at a moment. One that
// doesn't answer keeps what it last said, with the time and the reason.
type provinceFigures struct {
	Name   string           `json:"name"`
	AsOf   time.Time        `json:"as_of,omitzero"`
	States map[string]int64 `json:"states"`
	Away   string           `json:"away,omitzero"`
}

const shardPatience = 10 * time.Second

// national reads the figures of all provinces and adds them up. It only reads,
// and with what an API token may: figures, no records, no people.
func (d *desk) national() *cobra.Command {
	var from, to string
	var every time.Duration
	cmd := &cobra.Command{Use: "national FILE", Args: cobra.ExactArgs(1),
		Short: "figures of all provinces, from the JSON list of {name, url, token} in FILE / số liệu toàn quốc",
		RunE: func(cmd *cobra.Command, args []string) error {
			shards, err := readShards(args[0])
			if err != nil {
				return err
			}
			if every != 0 && every < 10*time.Second {
				return errors.New("--every is 10s or more")
			}
			n := newNation(shards, from, to)
			for {
				list := n.poll(cmd.Context())
				if err := d.tell(cmd, list, func() { d.printNation(list) }); err != nil || every == 0 {
					return err
				}
				select {
				case <-cmd.Context().Done():
					return nil
				case <-time.After(every):
				}
			}
		}}
	month := time.Now().UTC().Add(7 * time.Hour)
	cmd.Flags().StringVar(&from, "from", month.Format("2006")+"-01", "first month")
	cmd.Flags().StringVar(&to, "to", month.Format("2006-01"), "last month")
	cmd.Flags().DurationVar(&every, "every", 0, "go on asking at this pace (0: once)")
	return cmd
}

func readShards(path string) (list []shard, err error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(b, &list, json.RejectUnknownMembers(true)); err != nil {
		return nil, fmt.Errorf("%s is no list of {name, url, token}", path)
	}
	seen := map[string]bool{}
	for _, s := range list {
		if s.Name == "" || s.URL == "" || s.Token == "" || seen[s.Name] {
			return nil, fmt.Errorf("%s: each province has a name of its own, an url and a token", path)
		}
		seen[s.Name] = true
	}
	return list, nil
}

// nation asks every shard and remembers what each said: with its ETag a
// province without news answers in a few bytes.
type nation struct {
	from, to string
	shards   []shard
	last     []provinceFigures
	etag     []string
}

func newNation(shards []shard, from, to string) *nation {
	n := &nation{from: from, to: to, shards: shards, last: make([]provinceFigures, len(shards)), etag: make([]string, len(shards))}
	for i, s := range shards {
		n.last[i] = provinceFigures{Name: s.Name, States: map[string]int64{}}
	}
	return n
}

// poll asks all of them at once; the last row is the sum.
func (n *nation) poll(ctx context.Context) []provinceFigures {
	var wg sync.WaitGroup
	for i := range n.shards {
		wg.Go(func() { n.ask(ctx, i) })
	}
	wg.Wait()
	sum := provinceFigures{Name: "Cả nước / all", States: map[string]int64{}}
	for _, p := range n.last {
		for state, k := range p.States {
			sum.States[state] += k
		}
	}
	return append(slices.Clone(n.last), sum)
}

func (n *nation) ask(ctx context.Context, i int) {
	ctx, cancel := context.WithTimeout(ctx, shardPatience)
	defer cancel()
	c := client.New(n.shards[i].URL, client.Options{HTTP: &http.Client{}, Session: client.Session{Access: n.shards[i].Token}})
	body, etag, err := c.Summary(ctx, "", n.from, n.to, "", n.etag[i])
	now := time.Now().UTC().Truncate(time.Second)
	if errors.Is(err, client.ErrNotModified) {
		n.last[i].AsOf, n.last[i].Away = now, ""
		return
	}
	var got struct {
		Total struct {
			States map[string]int64 `json:"states"`
		} `json:"total"`
	}
	if err == nil {
		err = json.Unmarshal(body, &got, json.RejectUnknownMembers(false))
	}
	if err != nil {
		n.last[i].Away = "không trả lời / does not answer"
		if p := client.AsProblem(err); p != nil {
			n.last[i].Away = fmt.Sprintf("%s / %s (%d)", p.TitleVi, p.Title, p.Status)
		}
		return
	}
	n.last[i].AsOf, n.last[i].Away, n.last[i].States, n.etag[i] = now, "", got.Total.States, etag
}

func (d *desk) printNation(list []provinceFigures) {
	states := map[string]bool{}
	for _, p := range list {
		for s := range p.States {
			states[s] = true
		}
	}
	order := slices.Sorted(maps.Keys(states))
	fmt.Fprintf(d.out, "%-24s", "Tỉnh / province")
	for _, s := range order {
		fmt.Fprintf(d.out, "%16s", s)
	}
	fmt.Fprintln(d.out)
	for _, p := range list {
		fmt.Fprintf(d.out, "%-24s", p.Name)
		for _, s := range order {
			fmt.Fprintf(d.out, "%16d", p.States[s])
		}
		fmt.Fprintln(d.out, "  "+p.Away)
	}
}
