package records

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"

	"consilium/internal/actions"
	"consilium/internal/fault"
	"consilium/internal/web"
	"consilium/internal/web/ui"
)

// What the page shows: a place to drop files, and what became of those that came
// without script.

// manyFiles is how many files one form may bring: more than a disc of images has.
const manyFiles = 20000

// limit is the most that one file may weigh, in words.
func limit(v *web.Visit) string { return strconv.Itoa(actions.MaxFile>>30) + " GB" }

// The handlers.

func showUpload(v *web.Visit) error {
	v.Scripts("upload.js")
	return v.Render(v.Say.T("records.upload.title"), uploadPage(v, ui.NewForm(v.Say, nil), nil))
}

// saveUpload takes the files of a form as they come, each straight into the vault:
// nothing is gathered in memory or laid down in the clear.
func saveUpload(v *web.Visit) error {
	form, err := v.R.MultipartReader()
	if err != nil {
		return again(v, nil, fault.Faults{fault.New(fault.Invalid, "form.file").On("files")})
	}
	var done []string
	var wrong fault.Faults
	for n := 0; ; n++ {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			wrong = append(wrong, fault.New(fault.Invalid, "records.upload.broken").On("files").Because(err))
			break
		}
		if n >= manyFiles {
			wrong = append(wrong, fault.New(fault.TooLarge, "records.upload.too_many").On("files").With("n", strconv.Itoa(manyFiles)))
			break
		}
		if part.FormName() != "files" || part.FileName() == "" {
			continue
		}
		name, err := receive(v, part)
		if err != nil {
			for _, f := range fault.All(err) {
				wrong = append(wrong, f.On("files"))
			}
			// A full disk or a lost grant will not get better with the next file.
			if k := fault.KindOf(err); k != fault.Invalid && k != fault.TooLarge {
				break
			}
			continue
		}
		done = append(done, name)
	}
	if len(done) == 0 && len(wrong) == 0 {
		wrong = append(wrong, fault.New(fault.Invalid, "form.file").On("files"))
	}
	if len(wrong) > 0 {
		return again(v, done, wrong)
	}
	return v.Go("records")
}

// receive keeps one file of a form.
func receive(v *web.Visit, part *multipart.Part) (string, error) {
	ctx := v.Context()
	in := bufio.NewReader(part)
	size := int64(-1)
	if _, err := in.Peek(1); errors.Is(err, io.EOF) {
		size = 0 // refused at once, with its name
	}
	u, err := v.House.StartUpload(ctx, v.Who, v.Case, part.FileName(), size)
	if err != nil {
		return "", err
	}
	if u, err = v.House.AppendUpload(ctx, v.Who, v.Case, u.ID, 0, in); err != nil {
		// Without script there is nobody to go on with it.
		_ = v.House.DropUpload(ctx, v.Who, v.Case, u.ID)
		return "", err
	}
	got, err := v.House.FinishUpload(ctx, v.Who, v.Case, u.ID)
	return got.Base(), err
}

// again shows the form once more, with what is stored by now and what is not.
func again(v *web.Visit, done []string, wrong fault.Faults) error {
	v.Scripts("upload.js")
	f := ui.NewForm(v.Say, url.Values{}).Failed(wrong)
	return v.RenderAs(web.Status(wrong), v.Say.T("records.upload.title"), uploadPage(v, f, done))
}

// The pieces that upload.js sends. What each sends and expects stands at the head
// of that script.

// startPart begins an upload, or finds the one that was begun.
func startPart(v *web.Visit) error {
	var file struct {
		Name string `json:"name"`
		Path string `json:"path"`
		Size int64  `json:"size"`
	}
	if err := json.NewDecoder(io.LimitReader(v.R.Body, 64<<10)).Decode(&file); err != nil || file.Size < 0 {
		return answerFault(v, fault.New(fault.Invalid, "records.upload.broken").Because(err))
	}
	if file.Path == "" {
		file.Path = file.Name
	}
	u, err := v.House.StartUpload(v.Context(), v.Who, v.Case, file.Path, file.Size)
	if err != nil {
		return answerFault(v, err)
	}
	return answer(v, http.StatusCreated, map[string]any{"id": u.ID, "received": u.Received})
}

// showPart tells how far an upload has come.
func showPart(v *web.Visit) error {
	u, err := v.House.UploadProgress(v.Context(), v.Who, v.Case, v.Item("id"))
	if err != nil {
		return answerFault(v, err)
	}
	offset(v, u)
	return answer(v, http.StatusOK, map[string]any{"id": u.ID, "received": u.Received})
}

// addPart takes one piece; the last one makes the file a record of the case.
func addPart(v *web.Visit) error {
	at, err := strconv.ParseInt(v.R.Header.Get("Upload-Offset"), 10, 64)
	if err != nil || at < 0 {
		return answerFault(v, fault.New(fault.Invalid, "records.upload.broken").Because(err))
	}
	u, err := v.House.AppendUpload(v.Context(), v.Who, v.Case, v.Item("id"), at, v.R.Body)
	whole := u.Size >= 0 && u.Received == u.Size
	// The last piece may come again: it was kept, but the house stopped before it made
	// the file a record. Then nothing is wrong, and it is made one now.
	if err != nil && !(whole && fault.Is(err, fault.Conflict)) {
		offset(v, u)
		return answerFault(v, err)
	}
	if whole {
		if _, err := v.House.FinishUpload(v.Context(), v.Who, v.Case, u.ID); err != nil {
			return answerFault(v, err)
		}
	}
	offset(v, u)
	v.W.WriteHeader(http.StatusNoContent)
	return nil
}

func offset(v *web.Visit, u actions.Upload) {
	v.W.Header().Set("Upload-Offset", strconv.FormatInt(u.Received, 10))
}

func answer(v *web.Visit, status int, body any) error {
	v.W.Header().Set("Content-Type", "application/json")
	v.W.WriteHeader(status)
	return json.NewEncoder(v.W).Encode(body)
}

// answerFault says what is wrong in the person's language. Our own mistakes go on
// to the wrapper, which logs them.
func answerFault(v *web.Visit, err error) error {
	switch fault.KindOf(err) {
	case fault.Internal, fault.Damaged:
		return err
	}
	return answer(v, web.Status(err), map[string]string{"message": ui.Say(v.Say, fault.All(err)[0])})
}
