{{- define "relay.labels" -}}
app.kubernetes.io/name: port-reactor-relay
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "relay.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end -}}

{{/* All copies share 60 dispatches a minute. A partition must get its turn within 4 s: partitions × 60 s ÷ budget. */}}
{{- define "relay.budget" -}}{{ div 60 (int .Values.replicas) }}{{- end -}}
{{- define "relay.partitions" -}}
{{- $most := div (div 60 (int .Values.replicas)) 15 -}}
{{- if ge $most 4 }}4{{ else if ge $most 2 }}2{{ else }}1{{ end -}}
{{- end -}}

{{- define "relay.settings" -}}
{{- $derived := dict "GITHUB_REPOSITORY" (required "repository is required: owner/name of the repository that receives the dispatches" .Values.repository) "REACTOR_MAX_DISPATCHES_PER_MINUTE" (include "relay.budget" .) "REACTOR_PARTITIONS" (include "relay.partitions" .) -}}
{{- range $name, $value := merge (deepCopy .Values.settings) $derived }}
- name: {{ $name }}
  value: {{ $value | toString | quote }}
{{- end }}
{{- end -}}

{{- define "reconcile.labels" -}}
app.kubernetes.io/name: port-reactor-reconcile
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{/* Of the settings of the relay, those that reconcile has, too. Not PORT_CLIENT_ID: its Secret has that of an administrator. */}}
{{- define "reconcile.settings" -}}
{{- $derived := dict "GITHUB_REPOSITORY" .Values.repository "REACTOR_PARTITIONS" (include "relay.partitions" .) -}}
{{- $names := list "GITHUB_API_URL" "GITHUB_APP_ID" "GITHUB_APP_INSTALLATION_ID" "PORT_API_URL" "REACTOR_EVENT_TYPE" "REACTOR_PARTITIONS" -}}
{{- $shared := dict -}}
{{- range $name, $value := .Values.settings }}{{ if has $name $names }}{{ $_ := set $shared $name $value }}{{ end }}{{ end -}}
{{- range $name, $value := merge $shared $derived }}
- name: {{ $name }}
  value: {{ $value | toString | quote }}
{{- end }}
{{- end -}}
