package gateway

import (
	"net/http"
	"strings"

	typev1 "mtsuite.dev/gateway/gen/mtsuite/type/v1"
)

// maxAPIKeyLength is far above that of a real key, and keeps the metadata of a call small.
const maxAPIKeyLength = 512

// apiKeyOf takes the key from `Authorization: Bearer <key>` or `X-Api-Key: <key>`. Whether it is a good one, the
// services decide.
func apiKeyOf(header http.Header) (string, *Problem) {
	key := header.Get("X-Api-Key")
	if authorization := header.Get("Authorization"); authorization != "" {
		scheme, token, _ := strings.Cut(authorization, " ")
		token = strings.TrimSpace(token)
		if !strings.EqualFold(scheme, "Bearer") || token == "" {
			return "", newProblem(http.StatusUnauthorized, typev1.ErrorReason_API_KEY_MISSING,
				"The header Authorization holds no API key. Send `Authorization: Bearer <key>`.")
		}
		if key != "" && key != token {
			return "", newProblem(http.StatusUnauthorized, typev1.ErrorReason_API_KEY_INVALID,
				"The headers Authorization and X-Api-Key hold different keys. Send one of them.")
		}
		key = token
	}
	if key == "" {
		return "", newProblem(http.StatusUnauthorized, typev1.ErrorReason_API_KEY_MISSING,
			"The request carries no API key. Send `Authorization: Bearer <key>`.")
	}
	if len(key) > maxAPIKeyLength || !isVisibleASCII(key) {
		return "", newProblem(http.StatusUnauthorized, typev1.ErrorReason_API_KEY_INVALID,
			"The API key is not valid: it does not have the form of a key.")
	}
	return key, nil
}
