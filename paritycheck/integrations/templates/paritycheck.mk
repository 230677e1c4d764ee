# Build, check, push: what is pushed was compared with this checkout. Written by `paritycheck init`.
IMAGE ?= localhost/@NAME@:latest
DESTINATION ?=

.PHONY: image-predict image-build image-check image-push

image-predict:
	paritycheck check @BUILD@

image-build: image-predict
	podman build -t $(IMAGE) @BUILD@

image-check: image-build
	paritycheck check @BUILD@ -i $(IMAGE)

image-push: image-check
	podman push $(IMAGE) $(DESTINATION)
