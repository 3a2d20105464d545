// A scheduler on mesos-go, which nobody here wrote: it launches three tasks, kills one, asks for what became of them and tears
// itself down. It ends with 0 when each task ended as it should.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"time"

	"github.com/mesos/mesos-go/api/v1/lib"
	"github.com/mesos/mesos-go/api/v1/lib/encoding"
	"github.com/mesos/mesos-go/api/v1/lib/encoding/codecs"
	"github.com/mesos/mesos-go/api/v1/lib/extras/scheduler/controller"
	"github.com/mesos/mesos-go/api/v1/lib/httpcli"
	"github.com/mesos/mesos-go/api/v1/lib/httpcli/httpsched"
	"github.com/mesos/mesos-go/api/v1/lib/resources"
	"github.com/mesos/mesos-go/api/v1/lib/scheduler"
	"github.com/mesos/mesos-go/api/v1/lib/scheduler/calls"
	"github.com/mesos/mesos-go/api/v1/lib/scheduler/events"
)

// patience bounds the whole run.
const patience = 60 * time.Second

// wanted has the final state of each task by its command.
var wanted = map[string]mesos.TaskState{
	"echo hello": mesos.TASK_FINISHED,
	"exit 3":     mesos.TASK_FAILED,
	"sleep 1000": mesos.TASK_KILLED,
}

var errDone = errors.New("all tasks ended as they should")

type life struct {
	caller      calls.Caller
	frameworkID string
	commands    map[string]string
	ended       map[string]bool
	reconciled  bool
}

func main() {
	url := flag.String("url", "http://127.0.0.1:5050", "address of the master")
	codec := flag.String("codec", "json", "json or protobuf")
	credential := flag.String("credential", "credential.json", "a file with its principal and secret")
	flag.Parse()
	if err := run(*url, *codec, *credential); err != nil {
		fmt.Fprintln(os.Stderr, "mesos-go:", err)
		os.Exit(1)
	}
}

func run(url, codec, credentialFile string) error {
	text, err := os.ReadFile(credentialFile)
	if err != nil {
		return err
	}
	var credential struct{ Principal, Secret string }
	if err := json.Unmarshal(text, &credential); err != nil {
		return err
	}
	mediaType := map[string]encoding.MediaType{
		codecs.NameJSON:     codecs.MediaTypeJSON,
		codecs.NameProtobuf: codecs.MediaTypeProtobuf,
	}[codec]
	client := httpcli.New(
		httpcli.Endpoint(url+"/api/v1/scheduler"),
		httpcli.Codec(codecs.ByMediaType[mediaType]),
		httpcli.Do(httpcli.With(httpcli.BasicAuth(credential.Principal, credential.Secret))),
	)
	l := &life{
		caller:   httpsched.NewCaller(client),
		commands: map[string]string{},
		ended:    map[string]bool{},
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	timeout := 60.0
	checkpoint := true
	framework := &mesos.FrameworkInfo{
		User:            "root",
		Name:            "mesos-go",
		Roles:           []string{"go"},
		FailoverTimeout: &timeout,
		Checkpoint:      &checkpoint,
		Capabilities: []mesos.FrameworkInfo_Capability{
			{Type: mesos.FrameworkInfo_Capability_MULTI_ROLE},
			{Type: mesos.FrameworkInfo_Capability_PARTITION_AWARE},
		},
	}
	err = errors.New("no subscription")
	controller.Run(ctx, framework, l.caller,
		controller.WithEventHandler(events.HandlerFunc(l.handle)),
		controller.WithFrameworkID(func() string { return l.frameworkID }),
		controller.WithSubscriptionTerminated(func(ended error) {
			err = ended
			cancel()
		}),
	)
	if err != errDone {
		return fmt.Errorf("%v; ended: %v", err, l.ended)
	}
	fmt.Printf("mesos-go speaks %s: %d tasks launched, acknowledged, reconciled and ended as they should\n", codec, len(l.ended))
	return nil
}

func (l *life) call(call *scheduler.Call) error {
	call.FrameworkID = &mesos.FrameworkID{Value: l.frameworkID}
	return calls.CallNoData(context.Background(), l.caller, call)
}

func (l *life) handle(_ context.Context, event *scheduler.Event) error {
	switch event.GetType() {
	case scheduler.Event_SUBSCRIBED:
		l.frameworkID = event.GetSubscribed().GetFrameworkID().Value
	case scheduler.Event_OFFERS:
		for _, offer := range event.GetOffers().GetOffers() {
			if err := l.use(offer); err != nil {
				return err
			}
		}
	case scheduler.Event_UPDATE:
		return l.update(event.GetUpdate().GetStatus())
	case scheduler.Event_ERROR:
		return errors.New(event.GetError().GetMessage())
	}
	return nil
}

func (l *life) use(offer mesos.Offer) error {
	if len(l.commands) > 0 {
		return l.call(calls.Decline(offer.ID).With(calls.RefuseSeconds(time.Second)))
	}
	var tasks []mesos.TaskInfo
	for command := range wanted {
		id := fmt.Sprintf("go-%d", len(l.commands))
		l.commands[id] = command
		value := command
		tasks = append(tasks, mesos.TaskInfo{
			Name:    id,
			TaskID:  mesos.TaskID{Value: id},
			AgentID: offer.AgentID,
			Command: &mesos.CommandInfo{Value: &value},
			Resources: []mesos.Resource{
				resources.NewCPUs(0.1).Resource,
				resources.NewMemory(32).Resource,
			},
		})
	}
	return l.call(calls.Accept(calls.OfferOperations{calls.OpLaunch(tasks...)}.WithOffers(offer.ID)))
}

func (l *life) update(status mesos.TaskStatus) error {
	id := status.TaskID.Value
	if len(status.UUID) > 0 {
		if err := l.call(calls.Acknowledge(status.AgentID.Value, id, status.UUID)); err != nil {
			return err
		}
	}
	command := l.commands[id]
	switch state := status.GetState(); state {
	case mesos.TASK_STAGING, mesos.TASK_STARTING:
	case mesos.TASK_RUNNING:
		if wanted[command] != mesos.TASK_KILLED {
			return nil
		}
		// The answer to the question is a status without an id; only then the task is killed.
		if status.GetReason() == mesos.REASON_RECONCILIATION {
			l.reconciled = true
			return l.call(calls.Kill(id, status.AgentID.Value))
		}
		asked := map[string]string{id: status.AgentID.Value}
		return l.call(calls.Reconcile(calls.ReconcileTasks(asked)))
	case wanted[command]:
		l.ended[command] = true
	default:
		return fmt.Errorf("%q came to %v: %s", command, state, status.GetMessage())
	}
	if len(l.ended) == len(wanted) && l.reconciled {
		// Now, as the stream ends with the handler, and who is not subscribed may not call.
		if err := l.call(&scheduler.Call{Type: scheduler.Call_TEARDOWN}); err != nil {
			return err
		}
		return errDone
	}
	return nil
}
